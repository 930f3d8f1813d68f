import {
  type FrameHostMessage,
  type FrameMessage,
  MAX_FRAME_CALLS,
  MAX_FRAME_MESSAGES_PER_SECOND,
  MAX_FRAME_UNITS_PER_SECOND,
  PatchbayError,
  readFrameMessage,
} from "@patchbay/protocol";

/** What a view asked for. */
export interface FrameCall {
  readonly method: string;
  readonly args: unknown;
  /** Bytes beside the arguments, in base64. */
  readonly attachment?: string;
  /** Aborted when the view gives the call up or goes away. */
  readonly signal: AbortSignal;
  /** Takes a value that bytes follow, which `chunk` takes then, in base64; the answer says only that they have ended. */
  head(value: unknown): void;
  /** Takes the values of a stream, before the answer. */
  chunk(value: unknown): void;
}

export interface FrameAnswer {
  readonly value: unknown;
}

/** Carries out a view's calls. What it throws reaches the view: the code and message of a `PatchbayError`, else only that it failed. */
export type CallFrame = (call: FrameCall) => Promise<FrameAnswer>;

/** Why a port was closed: `unreadable` and `unknown` messages, a `flood`, a call's number used twice (`repeated`). */
export type ChannelFault = "unreadable" | "unknown" | "flood" | "repeated";

const CAUSES: Readonly<Record<ChannelFault, string>> = {
  unreadable: "It sent something that cannot be read.",
  unknown: "It sent a message that the console does not know.",
  flood: "It sent more messages than the console can take.",
  repeated: "It used the number of a call twice.",
};

export interface ChannelEvents {
  /** Everything but calls. */
  message(message: Exclude<FrameMessage, { t: "call" | "cancel" }>): void;
  /** The frame does what no honest one does; the port is closed. `cause` is for people. */
  broken(fault: ChannelFault, cause: string): void;
}

/** The port of one frame: reads what comes as hostile input, within bounds, and answers calls. */
export class FrameChannel {
  readonly #port: MessagePort;
  readonly #call: CallFrame;
  readonly #events: ChannelEvents;
  readonly #calls = new Map<number, AbortController>();
  #second = 0;
  #messages = 0;
  #units = 0;
  #isClosed = false;

  constructor(port: MessagePort, call: CallFrame, events: ChannelEvents) {
    this.#port = port;
    this.#call = call;
    this.#events = events;
    port.onmessage = ({ data }) => this.#receive(data);
    port.onmessageerror = () => this.#break("unreadable");
  }

  send(message: FrameHostMessage): void {
    if (!this.#isClosed) this.#port.postMessage(JSON.stringify(message));
  }

  close(): void {
    this.#isClosed = true;
    this.#port.onmessage = null;
    this.#port.close();
    for (const controller of this.#calls.values()) controller.abort();
    this.#calls.clear();
  }

  #receive(data: unknown): void {
    if (this.#isClosed) return;
    if (!this.#isWithinRate(typeof data === "string" ? data.length : 0)) {
      this.#break("flood");
      return;
    }
    const message = readFrameMessage(data);
    if (message === null) this.#break("unknown");
    else if (message.t === "call") this.#start(message);
    else if (message.t === "cancel") this.#cancel(message.id);
    else this.#events.message(message);
  }

  #isWithinRate(units: number): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.#second) [this.#second, this.#messages, this.#units] = [second, 0, 0];
    this.#messages += 1;
    this.#units += units;
    return this.#messages <= MAX_FRAME_MESSAGES_PER_SECOND && this.#units <= MAX_FRAME_UNITS_PER_SECOND;
  }

  #break(fault: ChannelFault): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.broken(fault, CAUSES[fault]);
  }

  #start({ id, method, args, attachment }: Extract<FrameMessage, { t: "call" }>): void {
    if (this.#calls.has(id)) {
      this.#break("repeated");
      return;
    }
    if (this.#calls.size >= MAX_FRAME_CALLS) {
      const message = `${MAX_FRAME_CALLS} calls of this view are under way; wait for one of them.`;
      this.send({ t: "error", id, code: "quota_exceeded", message });
      return;
    }
    const controller = new AbortController();
    this.#calls.set(id, controller);
    const { signal } = controller;
    const chunk = (value: unknown) => {
      if (this.#calls.has(id)) this.send({ t: "chunk", id, value });
    };
    let hasHead = false;
    const head = (value: unknown) => {
      hasHead = true;
      if (this.#calls.has(id)) this.send({ t: "value", id, value, stream: true });
    };
    const call = { method, args, signal, head, chunk, ...(attachment !== undefined && { attachment }) };
    this.#call(call).then(
      ({ value }) => this.#answer(hasHead ? { t: "end", id } : { t: "value", id, value }),
      (error: unknown) => this.#answer(asAnswer(id, error)),
    );
  }

  #answer(answer: Extract<FrameHostMessage, { t: "value" | "end" | "error" }>): void {
    // What was cancelled has had its last word.
    if (this.#calls.delete(answer.id)) this.send(answer);
  }

  #cancel(id: number): void {
    this.#calls.get(id)?.abort();
    this.#calls.delete(id);
  }
}

const asAnswer = (id: number, error: unknown): Extract<FrameHostMessage, { t: "error" }> => {
  if (!(error instanceof PatchbayError))
    return { t: "error", id, code: "internal", message: "The console could not make this call." };
  const { code, message, errors, facts } = error;
  const { reason, retryAfterSeconds } = facts;
  return {
    t: "error",
    id,
    code,
    message,
    errors,
    ...(typeof reason === "string" && { reason }),
    ...(typeof retryAfterSeconds === "number" && { retryAfterSeconds }),
  };
};
