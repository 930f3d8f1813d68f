import type { ActivityDto, HistoryEventDto } from "@patchbay/protocol";
import { type FollowOptions, follow } from "./follow.ts";
import type { Page, PageQuery, Transport } from "./transport.ts";

export interface AuditFilter extends PageQuery {
  /** Id of a person or an API key, as in an event's `actor`. */
  readonly actor?: string;
  readonly plugin?: string;
  /** Such as `plugin.installed`. */
  readonly action?: string;
  /** RFC 3339. */
  readonly from?: string;
  /** RFC 3339; events before this time. */
  readonly until?: string;
  /** Beginnings of words that must all occur. */
  readonly q?: string;
}

/** What happened in the organization, and what happens. */
export class ActivityApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The audit log, newest first. */
  audit(query: AuditFilter = {}): Promise<Page<HistoryEventDto>> {
    return this.#transport.json("GET", `${this.#transport.organization}/audit`, { query: { ...query } });
  }

  /**
   * What changes from now on, to be read again; after a lost connection (`onState`) that is everything. Throws
   * `unauthenticated`, `forbidden` or `organization_not_found` once the caller may no longer read.
   */
  async *follow(options: FollowOptions = {}): AsyncGenerator<ActivityDto> {
    const events = follow(this.#transport, `${this.#transport.organization}/events`, {}, options);
    for await (const { event, data } of events) if (event === "change") yield data as ActivityDto;
  }
}
