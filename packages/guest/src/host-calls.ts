import {
  FrameError,
  type HostError,
  type HostMessage,
  type HostMethodName,
  MAX_PENDING_HOST_CALLS,
} from "@patchbay/protocol";
import { pluginError, QuotaExceededError } from "@patchbay/sdk";
import type { HostReply } from "@patchbay/sdk/host";
import { BodyStream, creditFor } from "./body-stream.ts";
import { requireJson } from "./json-values.ts";
import { encodeMessage, type Pipe } from "./pipe.ts";
import { ValueStream } from "./value-stream.ts";

/** Calls under way at once; the others wait here. A quarter of what the host bears, so that no honest plugin comes near. */
const MAX_UNDER_WAY = MAX_PENDING_HOST_CALLS / 4;
/** Bytes of calls under way at once; a single larger one goes alone. */
const MAX_BYTES_UNDER_WAY = 16 * 1024 * 1024;

export interface HostRequest {
  readonly params?: unknown;
  readonly attachment?: Uint8Array;
  /** The call into the plugin on whose behalf this is made. */
  readonly call?: number | undefined;
  readonly signal?: AbortSignal | null;
}

interface Pending {
  readonly resolve: (reply: HostReply) => void;
  readonly reject: (error: unknown) => void;
  readonly bytes: number;
  readonly release: () => void;
  body?: BodyStream;
  values?: ValueStream;
}

interface WaitingCall {
  readonly id: number;
  readonly frame: Uint8Array;
  readonly request: HostRequest;
  readonly resolve: (reply: HostReply) => void;
  readonly reject: (error: unknown) => void;
}

const sizeOf = ({ frame, request }: WaitingCall): number => frame.length + (request.attachment?.length ?? 0);

/** The plugin's calls into the platform. */
export class HostCalls {
  readonly #pipe: Pipe;
  readonly #pending = new Map<number, Pending>();
  readonly #queue: WaitingCall[] = [];
  #nextId = 1;
  #bytesUnderWay = 0;

  constructor(pipe: Pipe) {
    this.#pipe = pipe;
  }

  /** Rejects with a `PluginError` of the host's code, or with the signal's reason. The parameters are read at once. */
  request(method: HostMethodName, request: HostRequest = {}): Promise<HostReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HostReply>();
    try {
      requireJson(request.params, "");
      const id = this.#nextId++;
      const { params, call, attachment } = request;
      const message = { t: "hostCall" as const, id, method, params, ...(call === undefined ? {} : { call }) };
      const waiting = { id, frame: encodeMessage(message, attachment), request, resolve, reject };
      if (this.#hasRoom(sizeOf(waiting))) this.#start(waiting);
      else this.#queue.push(waiting);
    } catch (error) {
      reject(
        error instanceof FrameError
          ? new QuotaExceededError(`The call cannot be sent. ${error.message}`)
          : error,
      );
    }
    return promise;
  }

  /** Takes the host's word on one of these calls; its frame has `size` bytes. */
  handle(
    message: Extract<HostMessage, { t: "value" | "chunk" | "end" | "error" }>,
    attachment: Uint8Array,
    size: number,
  ): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    switch (message.t) {
      case "value":
        this.#takeValue(message, pending);
        break;
      case "chunk":
        pending.body?.push(attachment as Uint8Array<ArrayBuffer>);
        pending.values?.push(message.value, size);
        break;
      case "end":
        this.#settle(message.id, pending);
        pending.body?.end();
        pending.values?.end();
        break;
      case "error":
        this.#settle(message.id, pending);
        this.#fail(pending, message.error);
        break;
      default:
        message satisfies never;
    }
  }

  #takeValue({ id, value, stream }: Extract<HostMessage, { t: "value" }>, pending: Pending): void {
    if (stream === "bytes") {
      pending.body = this.#openBody(id);
      pending.resolve({ value, body: pending.body.readable });
    } else if (stream === "values") {
      pending.values = this.#openValues(id);
      pending.resolve({ value, values: pending.values });
    } else {
      this.#settle(id, pending);
      pending.resolve({ value });
    }
  }

  #fail(pending: Pending, { code, message, ...details }: HostError): void {
    const error = pluginError(code, message, details);
    pending.body?.fail(error);
    pending.values?.fail(error);
    pending.reject(error);
  }

  #start(waiting: WaitingCall): void {
    const { id, frame, request, resolve, reject } = waiting;
    const { signal, attachment } = request;
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      this.#pipe.send({ t: "hostCancel", id });
      this.#pending.get(id)?.body?.fail(signal?.reason);
      this.#pending.get(id)?.values?.fail(signal?.reason);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    const bytes = sizeOf(waiting);
    this.#bytesUnderWay += bytes;
    this.#pending.set(id, {
      resolve,
      reject,
      bytes,
      release: () => signal?.removeEventListener("abort", onAbort),
    });
    this.#pipe.sendFrame(frame, attachment);
  }

  #openBody(id: number): BodyStream {
    return new BodyStream({
      taken: creditFor((chunks) => {
        if (this.#pending.has(id)) this.#pipe.send({ t: "credit", id, chunks });
      }),
      cancel: () => {
        if (this.#pending.has(id)) this.#pipe.send({ t: "hostCancel", id });
      },
    });
  }

  #openValues(id: number): ValueStream {
    return new ValueStream({
      grant: (chunks, bytes) => {
        if (this.#pending.has(id)) this.#pipe.send({ t: "credit", id, chunks, bytes });
      },
      cancel: () => {
        if (this.#pending.has(id)) this.#pipe.send({ t: "hostCancel", id });
      },
    });
  }

  #settle(id: number, pending: Pending): void {
    this.#pending.delete(id);
    this.#bytesUnderWay -= pending.bytes;
    pending.release();
    for (
      let next = this.#queue[0];
      next !== undefined && this.#hasRoom(sizeOf(next));
      next = this.#queue[0]
    ) {
      this.#queue.shift();
      this.#start(next);
    }
  }

  #hasRoom(bytes: number): boolean {
    if (this.#pending.size >= MAX_UNDER_WAY) return false;
    return this.#bytesUnderWay === 0 || this.#bytesUnderWay + bytes <= MAX_BYTES_UNDER_WAY;
  }
}
