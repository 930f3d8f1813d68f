import type { NotificationsDto, NotificationsReadBody, UnreadDto } from "@patchbay/protocol";
import type { PageQuery, Transport } from "./transport.ts";

/** What plugins wanted people to know. */
export class NotificationsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first, with the number of those that the caller has not read. */
  list(query: PageQuery & { readonly unread?: boolean } = {}): Promise<NotificationsDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/notifications`, {
      query: { ...query },
    });
  }

  /** Marks those of `ids`, or every one up to the id `until`; answers how many are left. */
  markRead(body: NotificationsReadBody): Promise<UnreadDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/notifications/read`, { body });
  }
}
