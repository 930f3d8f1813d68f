import type { ReactNode } from "react";
import type { Words } from "../words.ts";
import type { ToolQuestion } from "./use-tool-calls.ts";

/** Asks whether a tool may be used, with what the model wants to give to it. */
export const ToolQuestionView = ({
  words,
  question: { call, tool, decide },
}: {
  readonly words: Words;
  readonly question: ToolQuestion;
}): ReactNode => (
  <section className="note" aria-label={words.toolAsk(tool.id)}>
    <p>
      <b>{words.toolAsk(tool.id)}</b> {tool.description}
    </p>
    <pre className="given">{call.arguments || "{}"}</pre>
    <div className="bar">
      <button type="button" className="main" onClick={() => decide("once")}>
        {words.toolOnce}
      </button>
      <button type="button" onClick={() => decide("always")}>
        {words.toolAlways}
      </button>
      <button type="button" onClick={() => decide("never")}>
        {words.toolNever}
      </button>
    </div>
  </section>
);
