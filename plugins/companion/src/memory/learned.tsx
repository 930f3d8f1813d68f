import { type ReactNode, useState } from "react";
import { Fault } from "../fault.tsx";
import type { Words } from "../words.ts";
import type { Memory } from "./use-memory.ts";

interface LearnedProps {
  readonly words: Words;
  readonly memory: Memory;
  readonly onLook: () => void;
}

/** What was found to be worth remembering in what was said last. */
export const Learned = ({ words, memory, onLook }: LearnedProps): ReactNode => {
  const { learning } = memory;
  const [error, setError] = useState<unknown>();
  if (error !== undefined) return <Fault title={words.notChanged} error={error} />;
  return (
    <div role="status">
      {learning?.state === "looking" && <p className="muted">{words.learning}</p>}
      {learning?.state === "failed" && <Fault title={words.notLearned} error={learning.error} />}
      {learning?.state === "found" && (
        <p className="muted">
          {words.learned(learning.count)}{" "}
          <button type="button" className="quiet" onClick={onLook}>
            {words.look}
          </button>{" "}
          <button type="button" className="quiet" onClick={() => void memory.undo().catch(setError)}>
            {words.undo}
          </button>
        </p>
      )}
    </div>
  );
};
