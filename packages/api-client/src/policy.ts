import type { PolicyBody, PolicyDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** What the organization decides about its plugins. */
export class PolicyApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(): Promise<PolicyDto> {
    return this.#transport.json("GET", this.#path);
  }

  /** Replaces all rules: those left out are as by default. For owners and administrators. */
  put(body: PolicyBody): Promise<PolicyDto> {
    return this.#transport.json("PUT", this.#path, { body });
  }

  get #path(): string {
    return `${this.#transport.organization}/policy`;
  }
}
