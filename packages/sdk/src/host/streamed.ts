import type { HostMethodName, HostParams } from "@patchbay/protocol";
import type { TypedAsk } from "./ask.ts";

/** The values of a method that answers with a stream, which is asked at once. Whoever leaves the loop before its end gives it up. */
export const streamed = <T, Method extends HostMethodName>(
  ask: TypedAsk,
  method: Method,
  params: HostParams<Method>,
  signal: AbortSignal | undefined,
): AsyncIterable<T> => {
  const left = new AbortController();
  const signals = signal === undefined ? [left.signal] : [left.signal, signal];
  const reply = ask(method, params, { signal: AbortSignal.any(signals), streams: true });
  // Whoever reads hears of it; who never does has nothing to do by it.
  reply.catch(() => undefined);
  return {
    async *[Symbol.asyncIterator]() {
      let hasEnded = false;
      try {
        const { values } = await reply;
        if (values !== undefined) yield* values as AsyncIterable<T>;
        hasEnded = true;
      } finally {
        if (!hasEnded) left.abort();
      }
    },
  };
};
