/** A variable of the environment that the server cannot start with. Exit code 2. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";

  constructor(variable: string, fault: string, example: string) {
    super(`${variable} ${fault}.${example === "" ? "" : ` Example: ${variable}=${example}`}`);
  }
}
