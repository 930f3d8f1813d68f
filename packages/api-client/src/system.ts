import type { ReadinessDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** The node that answers. */
export class SystemApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What it runs on, and what it holds plugins with. Throws `unavailable` while it is not ready. */
  readiness(): Promise<ReadinessDto> {
    return this.#transport.json("GET", "/readyz");
  }
}
