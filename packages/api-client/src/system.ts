import type { NodeDto, ReadinessDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** The nodes of the deployment. */
export class SystemApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All of them, for administrators of the deployment. */
  nodes(): Promise<NodeDto[]> {
    return this.#transport.items("/api/system/nodes");
  }

  /** What the node that answers runs on, and what it holds plugins with. Throws `unavailable` while it is not ready. */
  readiness(): Promise<ReadinessDto> {
    return this.#transport.json("GET", "/readyz");
  }
}
