import { type ReactNode, useEffect, useState } from "react";
import type { Words } from "../words.ts";
import { shownArguments } from "./tool-use.ts";
import type { ToolQuestion } from "./use-tool-calls.ts";

/** Whoever clicks sooner cannot have read what they are asked: the click was for the question before, in the same place. */
const READING_MS = 500;

/** Asks whether a tool may be used, with what the model wants to give to it. Needs a key for each question. */
export const ToolQuestionView = ({
  words,
  question: { call, tool, decide },
}: {
  readonly words: Words;
  readonly question: ToolQuestion;
}): ReactNode => {
  const [isReadable, setIsReadable] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsReadable(true), READING_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <section className="note" aria-label={words.toolAsk(tool.id)}>
      <p>
        <b>{words.toolAsk(tool.id)}</b> {tool.description}
      </p>
      <pre className="given">{shownArguments(call)}</pre>
      <div className="bar">
        <button type="button" className="main" disabled={!isReadable} onClick={() => decide("once")}>
          {words.toolOnce}
        </button>
        <button type="button" disabled={!isReadable} onClick={() => decide("always")}>
          {words.toolAlways}
        </button>
        <button type="button" onClick={() => decide("never")}>
          {words.toolNever}
        </button>
      </div>
    </section>
  );
};
