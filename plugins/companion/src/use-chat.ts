import { type Conversation, type InvocableTool, type KeptMessage, useApi } from "@patchbay/sdk/ui";
import { useCallback, useEffect, useRef, useState } from "react";
import { AnswerDraft } from "./answer-draft.ts";
import { promptWith } from "./memory/facts.ts";
import type { Memory } from "./memory/use-memory.ts";
import { type Message, questionOf, titleOf } from "./parts.ts";
import { callsOf, modelTool, type NamedTool, named, onlyAnswered, wasStopped } from "./tools/tool-use.ts";
import { type ToolQuestion, useToolCalls } from "./tools/use-tool-calls.ts";

/** How an open conversation stands. */
export interface Chat {
  /** undefined until they are read. */
  readonly messages: readonly KeptMessage[] | undefined;
  /** What the model writes at the moment; null when it writes nothing. */
  readonly writing: Message | null;
  /** Whether the model writes, or waits for a tool. */
  readonly isAnswering: boolean;
  /** What the person is asked before a tool is used. */
  readonly question: ToolQuestion | null;
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
  /** What the model may ask for. */
  readonly tools: readonly InvocableTool[];
  /** What is said when it asks again and again. */
  readonly tooManyTools: string;
  /** For a conversation that begins. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A conversation has begun, or was added to. */
  readonly onChange: (conversation: Conversation | null) => void;
}

/** How often what is written is shown. */
const SHOW_EVERY_MS = 50;
/** How often a model may ask for tools before it has answered. */
const MAX_ROUNDS = 8;

/** One conversation: what was said, and what is being said. Give the component that uses it a key by conversation. */
export const useChat = ({
  conversation,
  model,
  prompt,
  memory,
  learns,
  tools,
  tooManyTools,
  metadata,
  onChange,
}: ChatOptions): Chat => {
  const { chat, conversations } = useApi();
  const id = useRef(conversation?.id);
  const [messages, setMessages] = useState<readonly KeptMessage[] | undefined>(
    conversation === null ? [] : undefined,
  );
  const [writing, setWriting] = useState<Message | null>(null);
  const [isAnswering, setIsAnswering] = useState(false);
  const toolCalls = useToolCalls();
  /** As it is by now: an answer goes on while the person changes it. */
  const chosen = useRef(tools);
  useEffect(() => {
    chosen.current = tools;
  }, [tools]);
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

  /** Has the model write once, and keeps what it has written; null when that is nothing. */
  const write = async (
    history: readonly KeptMessage[],
    given: readonly NamedTool[],
    facts: readonly string[],
    signal: AbortSignal,
  ): Promise<KeptMessage | null> => {
    const draft = new AnswerDraft();
    const timer = setInterval(() => setWriting(draft.message()), SHOW_EVERY_MS);
    setWriting(draft.message());
    try {
      const question = {
        messages: questionOf(promptWith(prompt, facts), onlyAnswered(history.map(({ message }) => message))),
        ...(model !== undefined && { model }),
        ...(given.length > 0 && { tools: given.map(modelTool) }),
      };
      for await (const event of chat.streamMessage(question, { signal })) draft.add(event);
    } catch (fault) {
      if (!signal.aborted) setError(fault);
    } finally {
      clearInterval(timer);
    }
    // What was written is kept, also where it broke off.
    const message = draft.message();
    const kept = message.parts.length === 0 ? null : await keepAndShow(message);
    setWriting(null);
    return kept;
  };
  const keepAndShow = async (message: Message): Promise<KeptMessage | null> => {
    const kept = await keep(message).catch((fault: unknown) => void setError(fault));
    if (kept === undefined) return null;
    setMessages((before = []) => [...before, kept]);
    return kept;
  };
  /** Has the model answer, with the tools that it asks for on the way. Whether something was said, and kept. */
  const answer = async (history: readonly KeptMessage[]): Promise<boolean> => {
    const controller = new AbortController();
    const { signal } = controller;
    running.current = controller;
    setIsAnswering(true);
    try {
      const last = history.at(-1);
      const facts = last === undefined ? [] : await memory.recall(last.message, signal);
      const given = named(tools);
      const stillGiven = () =>
        given.filter(({ tool }) => chosen.current.some(({ id: one }) => one === tool.id));
      const find = (name: string) => stillGiven().find((one) => one.name === name)?.tool;
      let all = history;
      for (let round = 0; round <= MAX_ROUNDS; round += 1) {
        const kept = await write(all, stillGiven(), facts, signal);
        if (kept === null || signal.aborted) return kept !== null || all.length > history.length;
        const calls = callsOf(kept.message);
        if (calls.length === 0) return true;
        const parts = await toolCalls.run(calls, find, signal);
        // What was used is kept, also where the answer was stopped then; calls of which none was are left out of what is asked next.
        const isUsed = !signal.aborted || !parts.every(wasStopped);
        const results = isUsed ? await keepAndShow({ role: "tool", parts }) : null;
        if (results === null || signal.aborted) return true;
        all = [...all, kept, results];
      }
      setError(new Error(tooManyTools));
      return true;
    } catch (fault) {
      if (!signal.aborted) setError(fault);
      return true;
    } finally {
      running.current = null;
      setIsAnswering(false);
      onChange(null);
    }
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
  const stop = () => running.current?.abort();
  return { messages, writing, isAnswering, question: toolCalls.question, error, send, retry, stop };
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
