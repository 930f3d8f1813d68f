import { type Conversation, type KeptMessage, useApi } from "@patchbay/sdk/ui";
import { useCallback, useEffect, useRef, useState } from "react";
import { AnswerDraft } from "./answer-draft.ts";
import { promptWith } from "./memory/facts.ts";
import type { Memory } from "./memory/use-memory.ts";
import { type Message, questionOf, titleOf } from "./parts.ts";

/** How an open conversation stands. */
export interface Chat {
  /** undefined until they are read. */
  readonly messages: readonly KeptMessage[] | undefined;
  /** What the model writes at the moment; null when it writes nothing. */
  readonly writing: Message | null;
  /** What the last step failed with. */
  readonly error: unknown;
  /** Keeps the message, which `onKept` hears of, and asks the model to answer. Throws when it was not kept. */
  send(message: Message, onKept: () => void): Promise<void>;
  /** Ends the model's answer; what it has written stays. */
  stop(): void;
  /** Asks again for the answer to the last message of the person's, in the place of the one that is there. */
  retry(): Promise<void>;
}

export interface ChatOptions {
  /** null: the first message begins one. */
  readonly conversation: Conversation | null;
  /** `provider/model`; undefined: the one that answers where none is named. */
  readonly model: string | undefined;
  readonly prompt: string | undefined;
  readonly memory: Memory;
  /** Whether the model finds what is worth remembering. */
  readonly learns: boolean;
  /** For a conversation that begins. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A conversation has begun, or was added to. */
  readonly onChange: (conversation: Conversation | null) => void;
}

/** How often what is written is shown. */
const SHOW_EVERY_MS = 50;

/** One conversation: what was said, and what is being said. Give the component that uses it a key by conversation. */
export const useChat = ({
  conversation,
  model,
  prompt,
  memory,
  learns,
  metadata,
  onChange,
}: ChatOptions): Chat => {
  const { chat, conversations } = useApi();
  const id = useRef(conversation?.id);
  const [messages, setMessages] = useState<readonly KeptMessage[] | undefined>(
    conversation === null ? [] : undefined,
  );
  const [writing, setWriting] = useState<Message | null>(null);
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController | null>(null);
  const { current: opened } = id;
  useEffect(() => {
    let isCurrent = true;
    if (opened !== undefined)
      readAll(conversations, opened).then(
        (all) => isCurrent && setMessages((before) => before ?? all),
        (fault: unknown) => isCurrent && setError(fault),
      );
    return () => {
      isCurrent = false;
    };
  }, [conversations, opened]);
  useEffect(() => () => running.current?.abort(), []);

  const keep = useCallback(
    async (message: Message): Promise<KeptMessage> => {
      if (id.current === undefined) {
        const title = titleOf(message);
        const begun = await conversations.create({
          scope: "person",
          metadata,
          ...(title !== undefined && { title }),
        });
        id.current = begun.id;
        onChange(begun);
      }
      const [kept] = await conversations.append(id.current, [message]);
      if (kept === undefined) throw new Error("The message was not kept.");
      return { ...kept, message };
    },
    [conversations, metadata, onChange],
  );

  /** Whether something was said, and kept. */
  const answer = async (history: readonly KeptMessage[]): Promise<boolean> => {
    const controller = new AbortController();
    running.current = controller;
    const draft = new AnswerDraft();
    const timer = setInterval(() => setWriting(draft.message()), SHOW_EVERY_MS);
    setWriting(draft.message());
    try {
      const messages = history.map(({ message }) => message);
      const last = messages.at(-1);
      const facts = last === undefined ? [] : await memory.recall(last, controller.signal);
      const question = {
        messages: questionOf(promptWith(prompt, facts), messages),
        ...(model !== undefined && { model }),
      };
      for await (const event of chat.streamMessage(question, { signal: controller.signal })) draft.add(event);
    } catch (fault) {
      if (!controller.signal.aborted) setError(fault);
    } finally {
      clearInterval(timer);
      running.current = null;
    }
    return await finish(draft);
  };
  /** What was written is kept, also where it broke off. */
  const finish = async (draft: AnswerDraft): Promise<boolean> => {
    const message = draft.message();
    const kept = message.parts.length === 0 ? null : await keep(message).catch(setError);
    if (kept) setMessages((before = []) => [...before, kept]);
    setWriting(null);
    onChange(null);
    return Boolean(kept);
  };
  const send = async (message: Message, onKept: () => void): Promise<void> => {
    setError(undefined);
    const kept = await keep(message);
    onKept();
    const history = [...(messages ?? []), kept];
    setMessages(history);
    await answer(history);
    if (learns) memory.learn(history, model);
  };
  const retry = async (): Promise<void> => {
    setError(undefined);
    const all = messages ?? [];
    const last = all.findLastIndex(({ message }) => message.role === "user");
    const history = all.slice(0, last + 1);
    setMessages(history);
    if (!(await answer(history))) {
      // Nothing has come in its place.
      setMessages(all);
      return;
    }
    try {
      for (const { id: messageId } of all.slice(last + 1))
        if (id.current !== undefined) await conversations.deleteMessage(id.current, messageId);
    } catch (fault) {
      setError(fault);
    }
  };
  return { messages, writing, error, send, retry, stop: () => running.current?.abort() };
};

const readAll = async (
  conversations: ReturnType<typeof useApi>["conversations"],
  id: string,
): Promise<readonly KeptMessage[]> => {
  const all: KeptMessage[] = [];
  let cursor: string | undefined;
  do {
    const page = await conversations.messages(id, { limit: 1_000, ...(cursor !== undefined && { cursor }) });
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
};
