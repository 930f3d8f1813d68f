import type { UsageDto, UsageQuery } from "@patchbay/protocol";
import type { Query, Transport } from "./transport.ts";

/** What models were used for. */
export class UsageApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Everybody's or one's own, by one's rights; the last 30 days by the day unless asked otherwise. */
  get(query: UsageQuery = {}): Promise<UsageDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/usage`, {
      query: { ...query } as Query,
    });
  }

  /** Where the same is as CSV. */
  tableUrl(query: UsageQuery = {}): URL {
    return this.#transport.url(`${this.#transport.organization}/usage.csv`, { ...query } as Query);
  }
}
