import { setTimeout as sleep } from "node:timers/promises";
import { PatchbayError } from "@patchbay/protocol";
import { ModelFailure } from "../model-failure.ts";
import type { Breakers } from "./breakers.ts";
import { failureOf, isOfServer, remedyFor } from "./failures.ts";

/** Asks one model until it answers or there is no use in asking it again. Throws `ModelFailure`, and what keeps the caller from asking. */
export const untilAnswered = async <T>(
  ask: () => Promise<T>,
  { retries, breakers, key }: { readonly retries: number; readonly breakers: Breakers; readonly key: string },
  signal: AbortSignal,
): Promise<T> => {
  for (let tries = 1; ; tries++) {
    const watched = breakers.watch(key);
    try {
      const answer = await ask();
      watched.end(true);
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.refusal !== undefined || signal.aborted) throw error;
      if (isOfServer(failure)) watched.end(false);
      const remedy = remedyFor(failure, tries, retries);
      if (typeof remedy === "string") throw new ModelFailure(failure.error);
      await sleep(remedy.againAfterMs, undefined, { signal }).catch(() => {
        throw new PatchbayError("cancelled", "Nobody waits for the answer any more.");
      });
    } finally {
      watched.leave();
    }
  }
};
