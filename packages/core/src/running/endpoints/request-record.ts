import type { Endpoint, EndpointRequest } from "../../ports/endpoint-store.ts";
import type { World } from "../../world.ts";
import { maskedHeaders, maskedQuery } from "../calls/masked-request.ts";
import { MAX_KEPT_BODY_BYTES, MAX_KEPT_TEXT_LENGTH } from "./limits.ts";
import type { OutsideRequest } from "./outside.ts";

/** What becomes of one request, as the log will have it. */
export class RequestRecord {
  readonly #endpoint: Endpoint;
  readonly #request: OutsideRequest;
  readonly #id: string;
  readonly #at: Date;
  readonly #started = performance.now();
  readonly #replayOf: string | null;
  /** null: it is not kept. */
  #body: Uint8Array[] | null;
  /** Of one that was refused, broke off or was not read there may be more than has come. */
  #isWhole: boolean;
  #requestBytes = 0;
  #answerBytes = 0;
  /** It was meant for the plugin. */
  isLetIn = false;

  constructor(endpoint: Endpoint, request: OutsideRequest, replayOf: string | null, world: World) {
    this.#endpoint = endpoint;
    this.#request = request;
    this.#replayOf = replayOf;
    this.#id = world.newId();
    this.#at = world.now();
    this.#body = endpoint.keepsBodies ? [] : null;
    this.#isWhole = request.body === null;
  }

  /** Since it came, in ms. */
  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  received(bytes: Uint8Array): void {
    this.#requestBytes += bytes.length;
    if (this.#requestBytes > MAX_KEPT_BODY_BYTES) this.#body = null;
    this.#body?.push(bytes);
  }

  /** No more of it comes. */
  receivedAll(): void {
    this.#isWhole = true;
  }

  sent(bytes: Uint8Array): void {
    this.#answerBytes += bytes.length;
  }

  /** As it is when it has ended, with a status and an error, if there was one. */
  ended(status: number, error: { readonly code: string; readonly message: string } | null): EndpointRequest {
    const { method, path, query, headers } = this.#request;
    const kept = this.#requestBytes === 0 ? [] : this.#body;
    return {
      id: this.#id,
      endpointId: this.#endpoint.id,
      at: this.#at,
      method,
      path: text(path),
      query: text(maskedQuery(query)),
      headers: maskedHeaders(headers).map(([name, value]) => [name, text(value)]),
      status,
      durationMs: Math.round(this.elapsedMs),
      requestBytes: this.#requestBytes,
      answerBytes: this.#answerBytes,
      code: error?.code ?? null,
      message: error === null ? null : text(error.message),
      body: this.#isWhole && kept !== null ? Buffer.concat(kept) : null,
      replayOf: this.#replayOf,
    };
  }
}

/** Of a length that the log takes, without the one sign that the database does not. */
const text = (value: string): string => value.slice(0, MAX_KEPT_TEXT_LENGTH).replaceAll("\0", "");
