import type { Readable } from "node:stream";
import { WaitingBytes } from "@patchbay/core";
import { excessOf, PatchbayError } from "@patchbay/protocol";
import type { FastifyRequest } from "fastify";
import { callerOf } from "./caller.ts";
import {
  BODY_TIMEOUT_MS,
  MAX_JSON_DEPTH,
  MAX_JSON_VALUES,
  MAX_STRANGERS_BODY_BYTES,
  MAX_WAITING_BYTES,
  MAX_WAITING_BYTES_PER_CALLER,
  STRANGERS_BODY_TIMEOUT_MS,
} from "./limits.ts";

/** All strangers count as one caller: what each of them may send is little. */
const STRANGERS = "strangers";

/** Reads JSON bodies within bounds that depend on whether the caller is known: of size, time, memory, and what parsing takes. */
export class JsonBodies {
  readonly #waiting = new WaitingBytes({ perCaller: MAX_WAITING_BYTES_PER_CALLER, total: MAX_WAITING_BYTES });

  /**
   * The body's bytes, of no more values and levels than can be parsed at once. Throws `payload_too_large`, `request_timeout`,
   * `rate_limited`, `unavailable`, or `invalid_request` for one that breaks off.
   */
  async read(request: FastifyRequest, payload: Readable): Promise<Buffer> {
    const caller = callerOf(request);
    const limit = Math.min(
      request.routeOptions.bodyLimit ?? MAX_STRANGERS_BODY_BYTES,
      caller === null ? MAX_STRANGERS_BODY_BYTES : Number.POSITIVE_INFINITY,
    );
    if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
    const timeoutMs = caller === null ? STRANGERS_BODY_TIMEOUT_MS : BODY_TIMEOUT_MS;
    const body = await this.#gather(payload, { caller: caller ?? STRANGERS, limit, timeoutMs });
    const excess = excessOf(body, { maxValues: MAX_JSON_VALUES, maxDepth: MAX_JSON_DEPTH });
    if (excess === null) return body;
    const most = excess === "values" ? `${MAX_JSON_VALUES} values` : `${MAX_JSON_DEPTH} levels`;
    throw new PatchbayError("payload_too_large", `The body has more than ${most}.`);
  }

  /** Calls itself done as soon as the end is there: the stream's `close` follows every end, and is no fault then. */
  #gather(
    payload: Readable,
    { caller, limit, timeoutMs }: { caller: string; limit: number; timeoutMs: number },
  ): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const letGo = () => {
      clearTimeout(timer);
      payload.off("data", take).off("end", whole).off("error", breakOff).off("close", breakOff);
      this.#waiting.remove(caller, bytes);
    };
    const refuse = (error: unknown) => {
      letGo();
      // What is refused may go on coming for a while, and must not be held meanwhile.
      chunks.length = 0;
      payload.on("error", () => undefined).resume();
      reject(error as Error);
    };
    const take = (chunk: Buffer) => {
      try {
        if (bytes + chunk.length > limit) throw tooLarge(limit);
        this.#waiting.add(caller, chunk.length);
        bytes += chunk.length;
        chunks.push(chunk);
      } catch (error) {
        refuse(error);
      }
    };
    const breakOff = () => refuse(brokenOff());
    const whole = () => {
      const [only = Buffer.alloc(0)] = chunks;
      const body = chunks.length > 1 ? Buffer.concat(chunks) : only;
      letGo();
      resolve(body);
    };
    const timer = setTimeout(() => refuse(tooSlow(timeoutMs)), timeoutMs);
    payload.on("data", take).on("end", whole).on("error", breakOff).on("close", breakOff);
    return promise;
  }
}

const tooLarge = (limit: number) =>
  new PatchbayError(
    "payload_too_large",
    `The body is larger than the ${limit < 1024 * 1024 ? `${limit / 1024} KiB` : `${limit / 1024 / 1024} MiB`} that this route takes.`,
  );

const tooSlow = (timeoutMs: number) =>
  new PatchbayError("request_timeout", `The body did not arrive within ${timeoutMs / 1000} seconds.`);

const brokenOff = () => new PatchbayError("invalid_request", "The body broke off. Send it again.");
