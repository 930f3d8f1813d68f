import { type KeptMessage, type MemoryEntry, PermissionDeniedError, useApi } from "@patchbay/sdk/ui";
import { useCallback, useEffect, useState } from "react";
import { cut } from "../cut.ts";
import { type Message, textOf } from "../parts.ts";
import { CORRECTED, lookedThrough, SPACE } from "./facts.ts";
import { type Learning, useLearning } from "./use-learning.ts";

/** What Companion keeps in mind of the person. */
export interface Memory {
  /** `denied`: the plugin was not granted it; undefined until it is known. */
  readonly state: "denied" | "off" | "on" | undefined;
  /** The oldest first; undefined until they are read. */
  readonly entries: readonly MemoryEntry[] | undefined;
  readonly hasMore: boolean;
  /** What reading them failed with. */
  readonly error: unknown;
  /** What is being found in what was said last. */
  readonly learning: Learning;
  more(): void;
  turnOn(): Promise<void>;
  /** Forgets all, and remembers nothing from then on. */
  turnOff(): Promise<void>;
  add(text: string): Promise<void>;
  correct(entry: MemoryEntry, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes back what was found last. */
  undo(): Promise<void>;
  /** What is known that has to do with the message. Nothing where it cannot be read: the answer comes without it. */
  recall(message: Message, signal: AbortSignal): Promise<readonly string[]>;
  /** Looks through what the person said last, the end of the history. It goes on by itself. */
  learn(history: readonly KeptMessage[], model: string | undefined): void;
}

const PAGE = 50;
/** As many are told all; of more those that are found. */
const TOLD = 30;
const FOUND = 10;
const MAX_QUERY_LENGTH = 1_000;

interface Page {
  readonly entries?: readonly MemoryEntry[];
  readonly cursor?: string;
  readonly error?: unknown;
}

export const useMemory = (): Memory => {
  const { memory, log } = useApi();
  const [state, setState] = useState<Memory["state"]>();
  const [page, setPage] = useState<Page>({});
  const read = useCallback(
    async (cursor?: string): Promise<void> => {
      try {
        const options = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
        const { items, cursor: next } = await memory.list(SPACE, options);
        setPage((before) => ({
          entries: cursor === undefined ? items : [...(before.entries ?? []), ...items],
          ...(next !== undefined && { cursor: next }),
        }));
      } catch (error) {
        setPage((before) => ({ ...before, error }));
      }
    },
    [memory],
  );
  useEffect(() => {
    memory.listNamespaces().then(
      (all) => setState(all.some(({ name }) => name.endsWith(`:${SPACE}`)) ? "on" : "off"),
      (error: unknown) => {
        setState("denied");
        if (!(error instanceof PermissionDeniedError)) log.warn(`The memories were not read: ${error}`);
      },
    );
  }, [memory, log]);
  useEffect(() => {
    if (state === "on") void read();
  }, [state, read]);
  const learning = useLearning(() => void read());

  const recall = async (message: Message, signal: AbortSignal): Promise<readonly string[]> => {
    if (state !== "on") return [];
    try {
      const { items, cursor } = await memory.list(SPACE, { limit: TOLD });
      const query = cut(textOf(message).trim(), MAX_QUERY_LENGTH);
      if (cursor === undefined || query === "") return items.map(({ text }) => text);
      const { hits } = await memory.search(SPACE, query, { limit: FOUND, signal });
      return hits.map(({ entry }) => entry.text);
    } catch (error) {
      if (!signal.aborted) log.warn(`The memories were not read: ${error}`);
      return [];
    }
  };
  return {
    state,
    entries: page.entries,
    hasMore: page.cursor !== undefined,
    error: page.error,
    learning: learning.now,
    more: () => void read(page.cursor),
    turnOn: async () => {
      await memory.createNamespace(SPACE);
      setState("on");
    },
    turnOff: async () => {
      await memory.deleteNamespace(SPACE);
      learning.clear();
      setPage({});
      setState("off");
    },
    add: async (text) => {
      await memory.add(SPACE, { text });
      await read();
    },
    correct: async ({ id, metadata }, text) => {
      await memory.update(SPACE, id, { text, metadata: { ...metadata, [CORRECTED]: true } });
      await read();
    },
    remove: async (id) => {
      await memory.delete(SPACE, id);
      await read();
    },
    undo: async () => {
      await learning.undo();
      await read();
    },
    recall,
    learn: (history, model) => {
      const messages = lookedThrough(history);
      if (state === "on" && messages.length > 0) void learning.begin(messages, model);
    },
  };
};
