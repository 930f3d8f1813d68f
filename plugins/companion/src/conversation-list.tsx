import { type Conversation, useApi } from "@patchbay/sdk/ui";
import { type ReactNode, useId, useState } from "react";
import { Fault } from "./fault.tsx";
import type { Conversations, Listed } from "./use-conversations.ts";
import type { Words } from "./words.ts";

interface ConversationListProps {
  readonly words: Words;
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly list: Conversations;
  readonly opened: string | undefined;
  /** null: a new one. */
  readonly onOpen: (conversation: Conversation | null) => void;
}

/** The person's conversations, found by their words. */
export const ConversationList = ({
  words,
  search,
  onSearch,
  list,
  opened,
  onOpen,
}: ConversationListProps): ReactNode => {
  const id = useId();
  const { items, error } = list;
  return (
    <nav aria-label={words.conversations} className="list">
      <button type="button" className="main" onClick={() => onOpen(null)}>
        {words.newChat}
      </button>
      <label htmlFor={id}>{words.search}</label>
      <input id={id} type="search" value={search} onChange={({ target }) => onSearch(target.value)} />
      {error !== undefined && <Fault title={words.notRead} error={error} />}
      {items?.length === 0 && error === undefined && (
        <p className="muted">{search.trim() === "" ? words.none : words.notFound}</p>
      )}
      <ul>
        {items?.map((listed) => (
          <Entry
            key={listed.conversation.id}
            listed={listed}
            words={words}
            isOpened={listed.conversation.id === opened}
            onOpen={() => onOpen(listed.conversation)}
            onChanged={list.refresh}
            onRemoved={() => {
              list.refresh();
              if (listed.conversation.id === opened) onOpen(null);
            }}
          />
        ))}
      </ul>
      {list.hasMore && (
        <button type="button" onClick={list.more}>
          {words.more}
        </button>
      )}
    </nav>
  );
};

interface EntryProps {
  readonly listed: Listed;
  readonly words: Words;
  readonly isOpened: boolean;
  readonly onOpen: () => void;
  readonly onChanged: () => void;
  readonly onRemoved: () => void;
}

const Entry = ({ listed, words, isOpened, onOpen, onChanged, onRemoved }: EntryProps): ReactNode => {
  const { conversations } = useApi();
  const { conversation, excerpt } = listed;
  const [step, setStep] = useState<"shown" | "renaming" | "removing">("shown");
  const [title, setTitle] = useState(conversation.title ?? "");
  const [error, setError] = useState<unknown>();
  const name = conversation.title ?? words.untitled;
  const attempt = async (work: () => Promise<unknown>, then: () => void): Promise<void> => {
    setError(undefined);
    try {
      await work();
      setStep("shown");
      then();
    } catch (fault) {
      setError(fault);
    }
  };
  const rename = () =>
    attempt(() => conversations.update(conversation.id, { title: title.trim() || null }), onChanged);
  const remove = () => attempt(() => conversations.delete(conversation.id), onRemoved);
  return (
    <li>
      {step === "renaming" ? (
        <div>
          <input
            aria-label={words.name}
            value={title}
            maxLength={200}
            onChange={({ target }) => setTitle(target.value)}
            onKeyDown={({ key }) => {
              if (key === "Enter") void rename();
              if (key === "Escape") setStep("shown");
            }}
          />
          <button type="button" onClick={() => void rename()}>
            {words.save}
          </button>
          <button type="button" onClick={() => setStep("shown")}>
            {words.cancel}
          </button>
        </div>
      ) : (
        <>
          <button type="button" className="open" aria-current={isOpened} onClick={onOpen}>
            {name}
          </button>
          {excerpt !== undefined && <p className="muted excerpt">{excerpt}</p>}
        </>
      )}
      {step === "removing" && (
        <p>
          {words.removeAsk}{" "}
          <button type="button" className="danger" onClick={() => void remove()}>
            {words.remove}
          </button>{" "}
          <button type="button" onClick={() => setStep("shown")}>
            {words.cancel}
          </button>
        </p>
      )}
      {step === "shown" && (
        <div className="actions">
          <button
            type="button"
            className="quiet"
            aria-label={`${words.rename}: ${name}`}
            onClick={() => setStep("renaming")}
          >
            {words.rename}
          </button>
          <button
            type="button"
            className="quiet"
            aria-label={`${words.remove}: ${name}`}
            onClick={() => setStep("removing")}
          >
            {words.remove}
          </button>
        </div>
      )}
      {error !== undefined && <Fault title={words.rename} error={error} />}
    </li>
  );
};
