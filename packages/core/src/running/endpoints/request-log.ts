import type { EndpointRequest, EndpointStore } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { MAX_REFUSED_WRITTEN_AT_ONCE, MAX_WRITTEN_AT_ONCE, WRITTEN_EVERY_MS } from "./limits.ts";

/** Requests of one endpoint that wait to be written down, the newest last. */
interface Waiting {
  readonly answered: EndpointRequest[];
  readonly refused: EndpointRequest[];
}

/**
 * Writes down what has come at endpoints, together with what comes shortly after. Of more than there is room for the newest are kept: nobody
 * fills the database by asking often, and who is refused pushes out nobody who was let in.
 */
export class RequestLog {
  readonly #store: Pick<EndpointStore, "addRequests">;
  readonly #world: World;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Pick<EndpointStore, "addRequests">, world: World) {
    this.#store = store;
    this.#world = world;
  }

  /** `isLetIn`: it was meant for the plugin, whatever came of that. */
  add(request: EndpointRequest, isLetIn: boolean): void {
    const waiting = this.#waiting.get(request.endpointId) ?? { answered: [], refused: [] };
    this.#waiting.set(request.endpointId, waiting);
    const list = isLetIn ? waiting.answered : waiting.refused;
    list.push(request);
    if (list.length > (isLetIn ? MAX_WRITTEN_AT_ONCE : MAX_REFUSED_WRITTEN_AT_ONCE)) list.shift();
    this.#timer ??= setTimeout(() => void this.flush(), WRITTEN_EVERY_MS);
  }

  /** Comes back when all that was added is written down, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const requests = [...this.#waiting.values()]
      .flatMap(({ answered, refused }) => [...answered, ...refused])
      .sort((one, other) => one.at.getTime() - other.at.getTime());
    this.#waiting.clear();
    // One after the other, so that none is written down before an earlier one.
    this.#writing = this.#writing.then(() => this.#write(requests));
    await this.#writing;
  }

  async #write(requests: readonly EndpointRequest[]): Promise<void> {
    if (requests.length === 0) return;
    try {
      await this.#store.addRequests(requests);
    } catch (error) {
      this.#world.log.warn(
        { err: error, requests: requests.length },
        "requests to endpoints were not written down",
      );
    }
  }
}
