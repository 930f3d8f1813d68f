import type { AcceptKeyBody, KnownKeyDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Whose signatures count in the whole deployment. For its administrators. */
export class PublishersApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The keys of all publishers that are known. */
  list(): Promise<KnownKeyDto[]> {
    return this.#transport.items("/api/system/publishers");
  }

  /** Takes a key on the caller's word. Throws `key_invalid`, `already_exists`. */
  accept(body: AcceptKeyBody): Promise<KnownKeyDto> {
    return this.#transport.json("POST", "/api/system/publishers", { body });
  }

  /** Forgets all keys of a publisher. Throws `publisher_unknown`. */
  async forget(publisher: string): Promise<void> {
    await this.#transport.send("DELETE", `/api/system/publishers/${encodeURIComponent(publisher)}`);
  }
}
