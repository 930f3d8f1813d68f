import { PatchbayError } from "@patchbay/protocol";
import { UntilEnded } from "./until-ended.ts";

/**
 * The values until the signal aborts, however long the next one takes; then it throws the signal's reason, unless that is only that the
 * client has gone.
 */
export const untilAborted = async function* <T>(
  values: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const waiting = new UntilEnded();
  const stop = () => waiting.end();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const reading = values[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await waiting.wait(reading.next()).catch((error: unknown) => {
        // What is cancelled by the signal may hear of it first.
        throw signal.aborted && signal.reason instanceof PatchbayError ? signal.reason : error;
      });
      if (next === undefined) {
        if (signal.reason instanceof PatchbayError) throw signal.reason;
        return;
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Not waited for: a generator that waits for its next value ends when that is there.
    void Promise.resolve(reading.return?.()).catch(() => undefined);
  }
};
