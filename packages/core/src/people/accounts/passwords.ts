import { PatchbayError } from "@patchbay/protocol";
import type { PasswordHasher } from "../../ports/password-hasher.ts";
import { newToken } from "./tokens.ts";

/** The least that NIST SP 800-63B asks of a password that a person chose; the most bounds the work of hashing. */
const MIN_PASSWORD_CHARACTERS = 8;
const MAX_PASSWORD_CHARACTERS = 256;

/** Passwords as people type them: the same letters are the same password, composed or not. */
export class Passwords {
  readonly #hasher: PasswordHasher;
  #decoyHash: Promise<string> | undefined;

  constructor(hasher: PasswordHasher) {
    this.#hasher = hasher;
  }

  /** What to keep of a password that somebody chose. Throws `invalid_request`. */
  async hash(password: string): Promise<string> {
    checkPassword(password);
    return await this.#hasher.hash(password.normalize("NFC"));
  }

  /** Takes as long for null, where there is nothing to compare with, as for a hash. */
  async matches(hash: string | null, password: string): Promise<boolean> {
    const composed = password.slice(0, MAX_PASSWORD_CHARACTERS).normalize("NFC");
    const isSame = await this.#hasher.verify(hash ?? (await this.#decoy()), composed);
    return isSame && hash !== null;
  }

  #decoy(): Promise<string> {
    this.#decoyHash ??= this.#hasher.hash(newToken());
    return this.#decoyHash;
  }
}

/** Throws `invalid_request`. */
export const checkPassword = (password: string): void => {
  if (password.length >= MIN_PASSWORD_CHARACTERS && password.length <= MAX_PASSWORD_CHARACTERS) return;
  const message = `A password has ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters.`;
  throw new PatchbayError("invalid_request", message, { errors: [{ pointer: "/password", message }] });
};
