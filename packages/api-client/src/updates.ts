import type { AdvisoriesDto, AutoUpdateBody, AutoUpdateDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** How plugins are kept current, and what marketplaces warn of. */
export class UpdatesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  rules(): Promise<AutoUpdateDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/auto-update`);
  }

  /** Replaces all rules: those left out are as by default. */
  putRules(body: AutoUpdateBody): Promise<AutoUpdateDto> {
    return this.#transport.json("PUT", `${this.#transport.organization}/auto-update`, { body });
  }

  /** Asks all marketplaces and makes the updates that are due; what is left then. */
  run(): Promise<AutoUpdateDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/auto-update/run`);
  }

  /** Advisories on installed plugins, and versions that are blocked. */
  advisories(): Promise<AdvisoriesDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/advisories`);
  }
}
