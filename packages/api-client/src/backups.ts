import type { Transport } from "./transport.ts";

/** The deployment as one file; for its administrators. */
export class BackupsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The bytes of a backup of this moment. A stream that breaks off, or lacks the file that ends it, is no backup. */
  async create(): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#transport.send("GET", "/api/system/backup");
    return body ?? new Blob([]).stream();
  }
}
