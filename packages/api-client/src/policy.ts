import type { PolicyBody, PolicyDto } from "@patchbay/protocol";
import type { Revised, Transport } from "./transport.ts";

/** What the organization decides about its plugins. */
export class PolicyApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get(): Promise<Revised<PolicyDto>> {
    return this.#transport.revised("GET", this.#path);
  }

  /** Replaces all rules: those left out are as by default. For owners and administrators. Throws `revision_changed` when `seen` is no longer there. */
  put(body: PolicyBody, seen?: string): Promise<Revised<PolicyDto>> {
    return this.#transport.revised("PUT", this.#path, { body, seen });
  }

  get #path(): string {
    return `${this.#transport.organization}/policy`;
  }
}
