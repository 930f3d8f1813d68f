import type { CallProgress, PluginAnswer } from "@patchbay/core";
import type { ServerSentEvent } from "../event-stream.ts";

/**
 * The events of a call that is begun with what hears of its progress: how far it is (the latest, where several come before one is read),
 * then those of its answer. Comes back with the first of them; throws what the call ends with before it has told anything.
 */
export const withProgress = async (
  begin: (onProgress: (progress: CallProgress) => void) => Promise<PluginAnswer>,
  answerEvents: (answer: PluginAnswer) => AsyncIterable<ServerSentEvent>,
): Promise<AsyncIterable<ServerSentEvent>> => {
  const told = new LatestProgress();
  const answer = begin((progress) => told.tell(progress));
  const end = (): void => told.end();
  answer.then(end, end);
  await told.something;
  if (told.hasEnded && told.latest === undefined) return answerEvents(await answer);
  return (async function* () {
    for (;;) {
      const progress = told.take();
      if (progress !== undefined) yield { event: "progress", data: progress };
      else if (told.hasEnded) break;
      else await told.something;
    }
    yield* answerEvents(await answer);
  })();
};

class LatestProgress {
  latest: CallProgress | undefined;
  hasEnded = false;
  #waiting = Promise.withResolvers<void>();

  /** Comes back when there is some, or there will be none any more. */
  get something(): Promise<void> {
    return this.#waiting.promise;
  }

  tell(progress: CallProgress): void {
    this.latest = progress;
    this.#waiting.resolve();
  }

  end(): void {
    this.hasEnded = true;
    this.#waiting.resolve();
  }

  take(): CallProgress | undefined {
    const { latest } = this;
    this.latest = undefined;
    if (!this.hasEnded) this.#waiting = Promise.withResolvers();
    return latest;
  }
}
