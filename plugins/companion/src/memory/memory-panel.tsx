import type { MemoryEntry } from "@patchbay/sdk/ui";
import { type ReactNode, useId, useState } from "react";
import { Fault } from "../fault.tsx";
import type { Words } from "../words.ts";
import { CORRECTED } from "./facts.ts";
import type { Memory } from "./use-memory.ts";

interface MemoryPanelProps {
  readonly words: Words;
  readonly memory: Memory;
  /** Whether the model that answers is one that finds nothing. */
  readonly isEcho: boolean;
}

/** What is remembered of the person, to be looked into and corrected. */
export const MemoryPanel = ({ words, memory, isEcho }: MemoryPanelProps): ReactNode => {
  const [error, setError] = useState<unknown>();
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    setError(undefined);
    try {
      await work();
      return true;
    } catch (fault) {
      setError(fault);
      return false;
    }
  };
  return (
    <section className="memory" aria-label={words.memory}>
      <p className="muted">{words.memoryText}</p>
      {isEcho && <p className="note">{words.memoryEcho}</p>}
      {memory.state === "off" ? (
        <button type="button" className="main" onClick={() => void attempt(memory.turnOn)}>
          {words.memoryOn}
        </button>
      ) : (
        <Remembered words={words} memory={memory} attempt={attempt} />
      )}
      {error !== undefined && <Fault title={words.notChanged} error={error} />}
      {memory.error !== undefined && <Fault title={words.notRead} error={memory.error} />}
    </section>
  );
};

/** Whether it worked; what it failed with is shown. */
type Attempt = (work: () => Promise<void>) => Promise<boolean>;

interface RememberedProps extends Pick<MemoryPanelProps, "words" | "memory"> {
  readonly attempt: Attempt;
}

const Remembered = ({ words, memory, attempt }: RememberedProps): ReactNode => {
  const id = useId();
  const [text, setText] = useState("");
  const [isForgetting, setIsForgetting] = useState(false);
  const add = async (): Promise<void> => {
    if (text.trim() !== "" && (await attempt(() => memory.add(text.trim())))) setText("");
  };
  return (
    <>
      {memory.entries?.length === 0 && <p className="muted">{words.memoryNone}</p>}
      <ul>
        {memory.entries?.map((entry) => (
          <Entry key={entry.id} words={words} entry={entry} memory={memory} attempt={attempt} />
        ))}
      </ul>
      {memory.hasMore && (
        <button type="button" onClick={memory.more}>
          {words.more}
        </button>
      )}
      <div className="bar">
        <label htmlFor={id}>{words.memoryAdd}</label>
        <input
          id={id}
          className="grow"
          value={text}
          maxLength={2_000}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => {
            if (key === "Enter") void add();
          }}
        />
        <button type="button" disabled={text.trim() === ""} onClick={() => void add()}>
          {words.add}
        </button>
      </div>
      {isForgetting ? (
        <p>
          {words.memoryOffAsk}{" "}
          <button type="button" className="danger" onClick={() => void attempt(memory.turnOff)}>
            {words.memoryOff}
          </button>{" "}
          <button type="button" onClick={() => setIsForgetting(false)}>
            {words.cancel}
          </button>
        </p>
      ) : (
        <button type="button" className="danger" onClick={() => setIsForgetting(true)}>
          {words.memoryOff}
        </button>
      )}
    </>
  );
};

interface EntryProps extends RememberedProps {
  readonly entry: MemoryEntry;
}

const Entry = ({ words, entry, memory, attempt }: EntryProps): ReactNode => {
  const [draft, setDraft] = useState<string>();
  const save = async (): Promise<void> => {
    const text = (draft ?? "").trim();
    if (text !== "" && (await attempt(() => memory.correct(entry, text)))) setDraft(undefined);
  };
  if (draft !== undefined)
    return (
      <li className="bar">
        <input
          className="grow"
          aria-label={words.correct}
          value={draft}
          maxLength={2_000}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={({ key }) => {
            if (key === "Enter") void save();
            if (key === "Escape") setDraft(undefined);
          }}
        />
        <button type="button" onClick={() => void save()}>
          {words.save}
        </button>
        <button type="button" onClick={() => setDraft(undefined)}>
          {words.cancel}
        </button>
      </li>
    );
  return (
    <li>
      <div className="bar">
        <span className="grow fact">{entry.text}</span>
        <button
          type="button"
          className="quiet"
          aria-label={`${words.correct}: ${entry.text}`}
          onClick={() => setDraft(entry.text)}
        >
          {words.correct}
        </button>
        <button
          type="button"
          className="quiet"
          aria-label={`${words.forget}: ${entry.text}`}
          onClick={() => void attempt(() => memory.remove(entry.id))}
        >
          {words.forget}
        </button>
      </div>
      {entry.metadata[CORRECTED] === true ? (
        <p className="muted excerpt">{words.corrected}</p>
      ) : (
        entry.citations.map(({ message, quote }) => (
          <p key={`${message} ${quote}`} className="muted excerpt">
            {words.youSaid} <q>{quote}</q>
          </p>
        ))
      )}
    </li>
  );
};
