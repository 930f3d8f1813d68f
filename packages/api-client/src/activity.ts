import type { HistoryEventDto } from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

/** What happened in the organization, and what happens. */
export class ActivityApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The audit log, newest first. */
  audit(query: PageQuery = {}): Promise<Page<HistoryEventDto>> {
    return this.#transport.json("GET", `${this.#transport.organization}/audit`, { query: { ...query } });
  }
}
