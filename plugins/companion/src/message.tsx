import type { InvocableTool } from "@patchbay/sdk/ui";
import type { ReactNode } from "react";
import { MarkdownText } from "./markdown.tsx";
import { filesOf, type Message, picturesOf, textOf, thoughtsOf } from "./parts.ts";
import type { Persona } from "./personas.ts";
import {
  callsOf,
  idOf,
  resultsOf,
  resultText,
  shownArguments,
  type ToolResult,
  wasRefused,
  wasStopped,
} from "./tools/tool-use.ts";
import type { Words } from "./words.ts";

interface MessageProps {
  readonly message: Message;
  readonly persona: Persona;
  readonly words: Words;
  /** All that can be used here. */
  readonly tools: readonly InvocableTool[];
  /** Begins a new conversation with all up to this message. */
  readonly onBranch?: () => void;
}

export const MessageView = ({ message, persona, words, tools, onBranch }: MessageProps): ReactNode => {
  if (message.role === "tool") return <Results message={message} words={words} />;
  const isOwn = message.role === "user";
  const thoughts = thoughtsOf(message);
  return (
    <article className={isOwn ? "message own" : "message"}>
      <header>
        {!isOwn && (
          <span className="avatar" aria-hidden="true">
            {persona.avatar}
          </span>
        )}
        <b>{isOwn ? words.you : persona.name}</b>
        {onBranch !== undefined && (
          <button type="button" className="quiet" onClick={onBranch}>
            {words.branch}
          </button>
        )}
      </header>
      {thoughts !== "" && (
        <details>
          <summary>{words.thoughts}</summary>
          <MarkdownText text={thoughts} />
        </details>
      )}
      <MarkdownText text={textOf(message)} />
      {callsOf(message).map((call) => (
        <details key={call.id}>
          <summary>{words.toolUsed(idOf(call.name, tools))}</summary>
          <pre className="given">{shownArguments(call)}</pre>
        </details>
      ))}
      {picturesOf(message).map((data, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message does not change
        <img key={index} className="picture" src={data} alt={words.picture} />
      ))}
      {filesOf(message).map((name, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message does not change
        <span key={index} className="file">
          {name}
        </span>
      ))}
    </article>
  );
};

/** What tools have answered: folded, since it is the model that reads it. */
const Results = ({ message, words }: Pick<MessageProps, "message" | "words">): ReactNode =>
  resultsOf(message).map((result) => (
    <details key={result.callId} className="result">
      <summary>{outcomeOf(result, words)}</summary>
      <pre className="given">{resultText(result)}</pre>
    </details>
  ));

const outcomeOf = (result: ToolResult, words: Words): string => {
  if (wasRefused(result)) return words.toolRefused;
  if (wasStopped(result)) return words.toolStopped;
  return result.isError ? words.toolFailed : words.toolAnswered;
};
