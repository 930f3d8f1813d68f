import type { Change } from "../../ports/change-feed.ts";
import type { Endpoint, EndpointSecret, EndpointStore } from "../../ports/endpoint-store.ts";
import { ReadThroughCache } from "../../read-through-cache.ts";

/** An address with what opens it. */
export interface KnownEndpoint {
  readonly endpoint: Endpoint;
  readonly secrets: readonly EndpointSecret[];
}

/** Endpoints by their address, as requests need them: held in memory, read anew after a change on any node. */
export class EndpointDirectory {
  readonly #known: ReadThroughCache<KnownEndpoint | null>;

  constructor(store: Pick<EndpointStore, "findByAddress" | "secrets">) {
    this.#known = new ReadThroughCache(async (address) => {
      const endpoint = await store.findByAddress(address);
      return endpoint === null ? null : { endpoint, secrets: await store.secrets(endpoint.id) };
    });
  }

  async find(address: string): Promise<KnownEndpoint | null> {
    return this.#known.peek(address) ?? (await this.#known.get(address));
  }

  /** An address may have changed hands: all are read anew, of which there are few. What goes with an installation or a project says so itself. */
  onChange({ kind }: Change): void {
    if (kind === "endpoint" || kind === "everything") this.#known.clear();
  }
}
