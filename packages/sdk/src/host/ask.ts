import type { HostAnswerValue, HostMethodName, HostParams } from "@patchbay/protocol";

export interface HostReply<Value = unknown> {
  readonly value: Value;
  /** Present when bytes follow the value. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Asks the platform, and throws its error. `attachment`: bytes that go beside the parameters. */
export type AskHost = (
  method: HostMethodName,
  params: unknown,
  attachment?: Uint8Array,
) => Promise<HostReply>;

/** The same with the types of each method: the host is trusted by what asks it, so its answers need no check. */
export type TypedAsk = <Method extends HostMethodName>(
  method: Method,
  params: HostParams<Method>,
  attachment?: Uint8Array,
) => Promise<HostReply<HostAnswerValue<Method>>>;

export const value = async <T>(reply: Promise<Pick<HostReply<T>, "value">>): Promise<T> =>
  (await reply).value;
export const nothing = async (reply: Promise<unknown>): Promise<void> => void (await reply);
