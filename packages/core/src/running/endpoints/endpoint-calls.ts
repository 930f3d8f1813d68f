import { type Contribution, entriesOf, matchPath, PatchbayError, pathOfEndpoint } from "@patchbay/protocol";
import type { EndpointCaller } from "../../access/caller.ts";
import { networkOf } from "../../people/accounts/network.ts";
import { Places } from "../../places.ts";
import type { EndpointRequest, EndpointStore } from "../../ports/endpoint-store.ts";
import { HeldBytes, WaitingBytes } from "../../waiting-bytes.ts";
import type { World } from "../../world.ts";
import { maskedHeaders, maskedQuery } from "../calls/masked-request.ts";
import type { InvocationGateway } from "../invocation/invocation-gateway.ts";
import { beginning, reported } from "./answering.ts";
import { carried, RequestBody } from "./bodies.ts";
import type { ClaimedMessage, Doorkeeper } from "./doorkeeper.ts";
import type { EndpointDirectory, KnownEndpoint } from "./endpoint-directory.ts";
import { outsideFault } from "./faults.ts";
import { headersForPlugin } from "./headers.ts";
import {
  MAX_AT_ONCE,
  MAX_AT_ONCE_OF_NETWORK,
  MAX_HELD_BODY_BYTES,
  MAX_HELD_BODY_BYTES_OF_ONE,
  MAX_SIGNED_BODY_BYTES,
  MAX_SIGNED_BODY_SECONDS,
  SMALL_BODY_BYTES,
} from "./limits.ts";
import type { OutsideAnswer, OutsideRequest } from "./outside.ts";
import type { RequestLog } from "./request-log.ts";
import { RequestRecord } from "./request-record.ts";
import { onlyOnce, Work } from "./work.ts";

type Entry = Contribution<"endpoints">;

/** What was delivered before is taken, and nothing is done. */
const TAKEN: OutsideAnswer = { status: 204, headers: new Map(), body: null, size: undefined };

const HELD_BOUNDS = { perCaller: MAX_HELD_BODY_BYTES_OF_ONE, total: MAX_HELD_BODY_BYTES };

/** What a stranger can do with a body, time after time, without a wrong signature. */
const COUNTED_FAULTS: ReadonlySet<string> = new Set(["payload_too_large", "request_timeout"]);

/** A request that was let in. */
interface LetIn {
  readonly known: KnownEndpoint;
  readonly request: OutsideRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly body: RequestBody | Uint8Array | null;
  readonly message: ClaimedMessage | null;
  readonly record: RequestRecord;
  /** Throws once its answer may not go on. */
  readonly requireOpen: () => Promise<unknown>;
  /** Called once, when all has ended. */
  readonly release: () => void;
}

/** The way of requests from outside into plugins, and of their answers back: hostile on both sides. */
export class EndpointCalls {
  readonly #directory: EndpointDirectory;
  readonly #doorkeeper: Doorkeeper;
  readonly #gateway: Pick<InvocationGateway, "admit" | "call" | "maxFileBytes">;
  readonly #store: Pick<EndpointStore, "settleMessage">;
  readonly #log: RequestLog;
  readonly #world: World;
  readonly #places = new Places(MAX_AT_ONCE, tooMany);
  readonly #placesOfNetwork = new Places(MAX_AT_ONCE_OF_NETWORK, tooMany);
  /** Bodies of whoever may be anybody, by network. */
  readonly #ofStrangers = new WaitingBytes(HELD_BOUNDS);
  /** Bodies of those who sign, by endpoint: no stranger takes room of these. */
  readonly #ofSigners = new WaitingBytes(HELD_BOUNDS);

  constructor(parts: {
    readonly directory: EndpointDirectory;
    readonly doorkeeper: Doorkeeper;
    readonly gateway: Pick<InvocationGateway, "admit" | "call" | "maxFileBytes">;
    readonly store: Pick<EndpointStore, "settleMessage">;
    readonly log: RequestLog;
    readonly world: World;
  }) {
    this.#directory = parts.directory;
    this.#doorkeeper = parts.doorkeeper;
    this.#gateway = parts.gateway;
    this.#store = parts.store;
    this.#log = parts.log;
    this.#world = parts.world;
  }

  /** Throws `endpoint_not_found`, for one that is switched off too. */
  async find(address: string): Promise<KnownEndpoint> {
    const known = await this.#directory.find(address);
    if (known?.endpoint.enabled === true) return known;
    throw notFound("There is no endpoint at this address.");
  }

  /** Which methods it answers. Throws `unavailable` while its plugin does not serve. */
  async methodsOf(known: KnownEndpoint): Promise<readonly string[]> {
    try {
      return methodsOf(await this.#entryOf(known));
    } catch (error) {
      throw error instanceof PatchbayError ? outsideFault(error) : error;
    }
  }

  /**
   * Answers a request, if whoever sends it may. Throws what an outsider may know: `endpoint_unauthenticated`, `endpoint_not_found`,
   * `method_not_allowed`, `payload_too_large`, `rate_limited`, `message_under_way`, `unavailable`, `deadline_exceeded`, `endpoint_failed`.
   */
  async answer(known: KnownEndpoint, request: OutsideRequest): Promise<OutsideAnswer> {
    const record = new RequestRecord(known.endpoint, request, null, this.#world);
    try {
      const letIn = await this.#letIn(known, request, record);
      if (letIn.message?.claim !== "delivered") return await this.#delivered(letIn);
      letIn.release();
      const again = { code: "delivered_before", message: "It was delivered before, and is not again." };
      this.#log.add(record.ended(TAKEN.status, again), true);
      return TAKEN;
    } catch (error) {
      throw this.#told(record, error);
    }
  }

  /** Makes a request once more, whoever had sent it. What became of it, which is in the log then. */
  async replay(known: KnownEndpoint, request: OutsideRequest, replayOf: string): Promise<EndpointRequest> {
    const record = new RequestRecord(known.endpoint, request, replayOf, this.#world);
    record.isLetIn = true;
    const ended = Promise.withResolvers<EndpointRequest>();
    let hasEnded = false;
    const onEnded = (made: EndpointRequest) => {
      hasEnded = true;
      ended.resolve(made);
    };
    try {
      const params = requirePath(await this.#entryOf(known), request);
      const body = request.body && new RequestBody(request.body, Number.POSITIVE_INFINITY, record);
      const requireOpen = () => this.#entryOf(known);
      const release = () => undefined;
      const letIn = { known, request, params, body, message: null, record, requireOpen, release };
      const answer = await this.#delivered(letIn, onEnded);
      if (answer.body !== null && !(answer.body instanceof Uint8Array)) for await (const _ of answer.body);
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error;
      // An answer that breaks off is written down by then.
      if (!hasEnded) onEnded(this.#written(record, error));
    }
    const made = await ended.promise;
    await this.#log.flush();
    return made;
  }

  async #letIn(known: KnownEndpoint, request: OutsideRequest, record: RequestRecord): Promise<LetIn> {
    const { endpoint } = known;
    this.#doorkeeper.requireKey(known, request);
    const entry = await this.#entryOf(known);
    const params = requirePath(entry, request);
    const network = networkOf(request.client);
    const leaveNetwork = this.#placesOfNetwork.take(`${endpoint.id} ${network}`);
    const held = this.#doorkeeper.hasSigned(known, request)
      ? new HeldBytes(this.#ofSigners, endpoint.id)
      : new HeldBytes(this.#ofStrangers, network);
    let leave: () => void = () => undefined;
    const release = onlyOnce(() => {
      leave();
      leaveNetwork();
      held.release();
    });
    const admitted = {
      known,
      request,
      params,
      record,
      requireOpen: () => this.#requireOpen(known, request),
      release,
    };
    try {
      const body = request.body && new RequestBody(request.body, endpoint.maxBodyBytes, record);
      const { authentication, maxSeconds } = endpoint;
      if (authentication !== "signature") {
        leave = this.#places.take(endpoint.id);
        this.#doorkeeper.count(known, request);
        record.isLetIn = true;
        const isSmall = (request.length ?? Number.POSITIVE_INFINITY) <= SMALL_BODY_BYTES;
        const by = authentication === "none" ? held : null;
        const come = isSmall && body !== null ? await body.whole(SMALL_BODY_BYTES, maxSeconds, by) : body;
        return { ...admitted, body: come, message: null };
      }
      const whole = body === null ? Buffer.alloc(0) : await this.#unverified(known, request, body, held);
      const id = this.#doorkeeper.requireSigned(known, request, whole);
      // Up to here whoever sends it may be anybody, and is in the way of nobody who signs.
      held.moveTo(this.#ofSigners, endpoint.id);
      leave = this.#places.take(endpoint.id);
      this.#doorkeeper.count(known, request);
      const message = await this.#doorkeeper.claim(known, id);
      record.isLetIn = true;
      return { ...admitted, body: request.body && whole, message };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The whole body of a message that nobody has verified yet. One that is too long or too slow counts like a wrong signature. */
  async #unverified(
    known: KnownEndpoint,
    request: OutsideRequest,
    body: RequestBody,
    held: HeldBytes,
  ): Promise<Buffer> {
    const seconds = Math.min(MAX_SIGNED_BODY_SECONDS, known.endpoint.maxSeconds);
    try {
      return await body.whole(MAX_SIGNED_BODY_BYTES, seconds, held);
    } catch (error) {
      if (error instanceof PatchbayError && COUNTED_FAULTS.has(error.code))
        this.#doorkeeper.countFailure(known, request);
      throw error;
    }
  }

  async #delivered(
    { known: { endpoint }, request, params, body, message, record, requireOpen, release }: LetIn,
    onEnded?: (made: EndpointRequest) => void,
  ): Promise<OutsideAnswer> {
    const work = new Work(request.signal, endpoint.maxSeconds, record.elapsedMs);
    let status = 0;
    const end = work.onEnd((error) => {
      release();
      const made = record.ended(status, error);
      this.#log.add(made, record.isLetIn);
      onEnded?.(made);
    });
    try {
      const { text, files } = carried(body, request);
      const input = inputOf(request, params, { message, text });
      const answer = await this.#gateway
        .call(callerOf(endpoint), {
          kind: "endpoints",
          plugin: endpoint.pluginId,
          name: endpoint.name,
          input,
          keptInput: keptOf(input),
          signal: work.signal,
          path: [`${endpoint.pluginId}:endpoint ${endpoint.name}`],
          ...(endpoint.project !== null && { project: endpoint.project }),
          ...(files && { files }),
        })
        .catch((error: unknown) => {
          throw (body instanceof RequestBody ? body.fault : undefined) ?? error;
        });
      const { url, base } = request;
      const isOpen = endpoint.authentication === "none";
      const begun = await beginning(answer, request.method, { url, base, isOpen });
      status = begun.head.status;
      await this.#settle(endpoint.id, message, status < 300);
      const { head, body: given, size } = begun;
      if (given !== null && !(given instanceof Uint8Array))
        return { ...head, body: reported(given, record, { end, requireOpen, work }), size };
      if (given !== null) record.sent(given);
      end(null);
      return { ...head, body: given, size };
    } catch (error) {
      work.clear();
      release();
      await this.#settle(endpoint.id, message, false);
      throw work.reason ?? error;
    }
  }

  /** A message that was not taken may come again. What cannot be written down is over after its time. */
  async #settle(endpointId: string, message: ClaimedMessage | null, isDelivered: boolean): Promise<void> {
    if (message === null) return;
    try {
      await this.#store.settleMessage(endpointId, message.id, isDelivered);
    } catch (error) {
      this.#world.log.warn(
        { err: error, endpoint: endpointId, message: message.id },
        "it was not written down whether a message was delivered",
      );
    }
  }

  /** Throws once the address is switched off or another's, the key that opened it holds no more, or its plugin does not serve any more. */
  async #requireOpen({ endpoint }: KnownEndpoint, request: OutsideRequest): Promise<void> {
    const now = await this.find(endpoint.address);
    if (now.endpoint.id !== endpoint.id) throw notFound("The endpoint is at another address.");
    if (now.endpoint.authentication === "key" && !this.#doorkeeper.hasKey(now, request))
      throw new PatchbayError("endpoint_unauthenticated", "The key of this request holds no more.");
    await this.#entryOf(now);
  }

  /** The entry of the manifest, when the plugin may be called now. Throws whatever is in the way. */
  async #entryOf({ endpoint }: KnownEndpoint): Promise<Entry> {
    const { pluginId, name, project } = endpoint;
    const plugin = await this.#gateway.admit(callerOf(endpoint), pluginId, project ?? undefined);
    const entry = entriesOf(plugin.package.manifest, "endpoints").find((one) => one.name === name);
    if (entry === undefined)
      throw new PatchbayError("unavailable", `This version of "${pluginId}" has no endpoint "${name}".`);
    if (entry.authentication !== "none" && entry.authentication !== endpoint.authentication)
      throw new PatchbayError(
        "unavailable",
        `This version of "${pluginId}" wants its endpoint "${name}" to be called with ${entry.authentication}; choose that for this address.`,
      );
    return entry;
  }

  /** Writes the request down with what went wrong, and gives what whoever sent it is told of that. */
  #told(record: RequestRecord, error: unknown): unknown {
    if (!(error instanceof PatchbayError)) {
      const { code, message } = new PatchbayError(
        "internal",
        "Patchbay itself failed; see the server's log.",
      );
      this.#log.add(record.ended(500, { code, message }), record.isLetIn);
      return error;
    }
    this.#written(record, error);
    return outsideFault(error);
  }

  #written(record: RequestRecord, error: PatchbayError): EndpointRequest {
    const made = record.ended(outsideFault(error).status, error);
    this.#log.add(made, record.isLetIn);
    return made;
  }
}

const inputOf = (
  { method, url, path, query, headers }: OutsideRequest,
  params: Readonly<Record<string, string>>,
  { message, text }: { readonly message: ClaimedMessage | null; readonly text: string | undefined },
) => ({
  method,
  url,
  path: path === "" ? "/" : path,
  params,
  query,
  headers: headersForPlugin(headers),
  ...(message !== null && { messageId: message.id }),
  ...(text !== undefined && { text }),
});

/** As the list of requests has it: what opens something is in no log, and neither is the address, which alone opens some. */
const keptOf = ({ url: _, ...input }: ReturnType<typeof inputOf>) => ({
  ...input,
  query: maskedQuery(input.query),
  headers: maskedHeaders(input.headers),
});

/** Throws `endpoint_not_found` for a path, and `method_not_allowed` for a method, that the endpoint does not answer. */
const requirePath = (entry: Entry, { path, method }: OutsideRequest): Readonly<Record<string, string>> => {
  const params = matchPath(pathOfEndpoint(entry), path);
  if (params === null) throw notFound(`This endpoint answers at ${pathOfEndpoint(entry)} only.`);
  const allow = methodsOf(entry);
  if (allow.includes(method)) return params;
  throw new PatchbayError("method_not_allowed", `This endpoint knows ${allow.join(", ")}, not ${method}.`, {
    facts: { allow },
  });
};

/** A HEAD is answered where a GET is. */
const methodsOf = ({ methods }: Entry): readonly string[] =>
  methods.includes("GET") && !methods.includes("HEAD") ? [...methods, "HEAD"] : methods;

const callerOf = ({
  organizationId,
  project,
}: Pick<EndpointCaller, "organizationId" | "project">): EndpointCaller => ({
  kind: "endpoint",
  organizationId,
  project,
});

const notFound = (message: string): PatchbayError => new PatchbayError("endpoint_not_found", message);

function tooMany(taken: number): string {
  return `${taken} requests to this address are under way. Wait until one of them is answered.`;
}
