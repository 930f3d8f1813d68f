import type { EndpointRequest, EndpointStore } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import {
  MAX_REFUSED_WRITTEN_AT_ONCE,
  MAX_WAITING_BYTES,
  MAX_WRITTEN_AT_ONCE,
  WRITTEN_EVERY_MS,
} from "./limits.ts";

/** What a request takes beside its texts and its body. */
const BYTES_A_REQUEST = 1_000;
const BYTES_A_CHARACTER = 2;

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
  /** Of what waits and of what is being written. */
  #waitingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(store: Pick<EndpointStore, "addRequests">, world: World) {
    this.#store = store;
    this.#world = world;
  }

  /** `isLetIn`: it was meant for the plugin, whatever came of that. Never waits, never throws. */
  add(request: EndpointRequest, isLetIn: boolean): void {
    const bytes = sizeOf(request);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    const waiting = this.#waiting.get(request.endpointId) ?? { answered: [], refused: [] };
    this.#waiting.set(request.endpointId, waiting);
    const list = isLetIn ? waiting.answered : waiting.refused;
    list.push(request);
    this.#waitingBytes += bytes;
    if (list.length > (isLetIn ? MAX_WRITTEN_AT_ONCE : MAX_REFUSED_WRITTEN_AT_ONCE)) {
      const oldest = list.shift();
      if (oldest !== undefined) this.#waitingBytes -= sizeOf(oldest);
    }
    this.#arm();
  }

  /** Comes back when all that was added is written down, or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One after the other, so that none is written down before an earlier one.
    this.#writing = this.#writing.then(() => this.#writeAll());
    await this.#writing;
  }

  #arm(): void {
    if (this.#isWriting) return;
    this.#timer ??= setTimeout(() => void this.flush(), WRITTEN_EVERY_MS);
  }

  /** What waits by now: until then the newest push out the others. */
  async #writeAll(): Promise<void> {
    const requests = [...this.#waiting.values()]
      .flatMap(({ answered, refused }) => [...answered, ...refused])
      .sort((one, other) => one.at.getTime() - other.at.getTime());
    const dropped = this.#dropped;
    if (requests.length === 0) return;
    this.#waiting.clear();
    this.#dropped = 0;
    this.#isWriting = true;
    const { log } = this.#world;
    if (dropped > 0)
      log.warn(
        { requests: dropped },
        "requests to endpoints were not written down: the database is too slow",
      );
    try {
      await this.#store.addRequests(requests);
    } catch (error) {
      log.warn({ err: error, requests: requests.length }, "requests to endpoints were not written down");
    } finally {
      // Until they are written they take memory.
      this.#waitingBytes -= requests.reduce((sum, request) => sum + sizeOf(request), 0);
      this.#isWriting = false;
      if (this.#waiting.size > 0) this.#arm();
    }
  }
}

const sizeOf = ({ path, query, headers, message, body }: EndpointRequest): number =>
  BYTES_A_REQUEST +
  (body?.length ?? 0) +
  BYTES_A_CHARACTER *
    headers.reduce(
      (sum, [name, value]) => sum + name.length + value.length,
      path.length + query.length + (message?.length ?? 0),
    );
