import type { HostAnswerValue, HostMethodName, HostParams } from "@patchbay/protocol";

export interface HostReply<Value = unknown> {
  readonly value: Value;
  /** Present when bytes follow the value. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Present when values follow the value, for one reader. */
  readonly values?: AsyncIterable<unknown>;
}

export interface AskOptions {
  /** Bytes that go beside the parameters. */
  readonly attachment?: Uint8Array;
  /** Gives the call up: it rejects, and what streams fails, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The answer is a stream of values. */
  readonly streams?: true;
}

/** Asks the platform, and throws its error. */
export type AskHost = (method: HostMethodName, params: unknown, options?: AskOptions) => Promise<HostReply>;

/** The same with the types of each method: the host is trusted by what asks it, so its answers need no check. */
export type TypedAsk = <Method extends HostMethodName>(
  method: Method,
  params: HostParams<Method>,
  options?: AskOptions,
) => Promise<HostReply<HostAnswerValue<Method>>>;

export const value = async <T>(reply: Promise<Pick<HostReply<T>, "value">>): Promise<T> =>
  (await reply).value;
export const nothing = async (reply: Promise<unknown>): Promise<void> => void (await reply);
