import { type ExtractedMessage, type MemoryExtraction, useApi } from "@patchbay/sdk/ui";
import { useEffect, useRef, useState } from "react";
import { SPACE } from "./facts.ts";

/** How far the look through what was said last is; null where nothing was looked through, or nothing found. */
export type Learning =
  | { readonly state: "looking" }
  | { readonly state: "found"; readonly count: number }
  | { readonly state: "failed"; readonly error: unknown }
  | null;

const ASK_EVERY_MS = 1_000;

/** Looks through messages for facts about the person. It goes on where the page is left; only what becomes of it is not told then. */
export const useLearning = (onFound: () => void) => {
  const { memory } = useApi();
  const [now, setNow] = useState<Learning>(null);
  /** The newest one: what became of those before is not told any more. */
  const latest = useRef<MemoryExtraction | null>(null);
  const turn = useRef(0);
  useEffect(() => () => void turn.current++, []);

  const begin = async (messages: readonly ExtractedMessage[], model: string | undefined): Promise<void> => {
    const mine = ++turn.current;
    setNow({ state: "looking" });
    try {
      let run: MemoryExtraction | null = await memory.extract(SPACE, messages, {
        ...(model !== undefined && { model }),
      });
      while (run !== null && run.endedAt === null && mine === turn.current) {
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
        if (mine === turn.current) run = await memory.extraction(run.id);
      }
      if (mine !== turn.current) return;
      latest.current = run;
      setNow(learnt(run));
      if (run?.state === "succeeded") onFound();
    } catch (error) {
      if (mine === turn.current) setNow({ state: "failed", error });
    }
  };
  return {
    now,
    begin,
    clear: () => {
      turn.current += 1;
      setNow(null);
    },
    undo: async () => {
      if (latest.current !== null) await memory.undo(SPACE, latest.current.id);
      setNow(null);
    },
  };
};

const learnt = (run: MemoryExtraction | null): Learning => {
  if (run?.state === "failed") return { state: "failed", error: run.error?.message };
  const count = run?.report?.added ?? 0;
  return count === 0 ? null : { state: "found", count };
};
