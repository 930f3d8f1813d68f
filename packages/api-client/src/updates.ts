import type { AdvisoriesDto, AutoUpdateBody, AutoUpdateDto } from "@patchbay/protocol";
import type { Revised, Transport } from "./transport.ts";

/** How plugins are kept current, and what marketplaces warn of. */
export class UpdatesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  rules(): Promise<Revised<AutoUpdateDto>> {
    return this.#transport.revised("GET", `${this.#transport.organization}/auto-update`);
  }

  /** Replaces all rules: those left out are as by default. Throws `revision_changed` when `seen` is no longer there. */
  putRules(body: AutoUpdateBody, seen?: string): Promise<Revised<AutoUpdateDto>> {
    return this.#transport.revised("PUT", `${this.#transport.organization}/auto-update`, { body, seen });
  }

  /** Asks all marketplaces and makes the updates that are due; what is left then. */
  run(): Promise<Revised<AutoUpdateDto>> {
    return this.#transport.revised("POST", `${this.#transport.organization}/auto-update/run`);
  }

  /** Advisories on installed plugins, and versions that are blocked. */
  advisories(): Promise<AdvisoriesDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/advisories`);
  }
}
