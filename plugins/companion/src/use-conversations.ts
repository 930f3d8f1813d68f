import { type Conversation, useApi } from "@patchbay/sdk/ui";
import { useCallback, useEffect, useRef, useState } from "react";

/** A conversation of the list, with the place in it where what is searched for was found. */
export interface Listed {
  readonly conversation: Conversation;
  readonly excerpt?: string;
}

export interface Conversations {
  /** undefined until they are read. */
  readonly items: readonly Listed[] | undefined;
  readonly error: unknown;
  readonly hasMore: boolean;
  more(): void;
  /** Reads them again. */
  refresh(): void;
}

const PAGE = 50;
/** Who types a word is not answered at each letter of it. */
const SEARCH_AFTER_MS = 250;

/** The person's own conversations: the newest first, or those that have the words. */
export const useConversations = (search: string): Conversations => {
  const { conversations } = useApi();
  const [read, setRead] = useState<{
    readonly items?: readonly Listed[];
    readonly cursor?: string;
    readonly error?: unknown;
  }>({});
  const latest = useRef(0);
  const load = useCallback(
    async (words: string, cursor?: string) => {
      const turn = ++latest.current;
      try {
        const page =
          words === "" ? await pageOf(conversations, cursor) : { items: await found(conversations, words) };
        if (turn !== latest.current) return;
        setRead((before) =>
          cursor === undefined ? page : { ...page, items: [...(before.items ?? []), ...page.items] },
        );
      } catch (error) {
        if (turn === latest.current) setRead({ items: [], error });
      }
    },
    [conversations],
  );
  const words = search.trim();
  useEffect(() => {
    const timer = setTimeout(() => void load(words), words === "" ? 0 : SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [load, words]);
  return {
    items: read.items,
    error: read.error,
    hasMore: read.cursor !== undefined,
    more: () => void load(words, read.cursor),
    refresh: () => void load(words),
  };
};

type Api = ReturnType<typeof useApi>["conversations"];

const pageOf = async (api: Api, cursor: string | undefined) => {
  const { items, cursor: next } = await api.list({
    scope: "person",
    limit: PAGE,
    ...(cursor !== undefined && { cursor }),
  });
  return {
    items: items.map((conversation): Listed => ({ conversation })),
    ...(next !== undefined && { cursor: next }),
  };
};

const found = async (api: Api, words: string): Promise<readonly Listed[]> =>
  (await api.search(words, { scope: "person", limit: 20 })).map(({ conversation, message }) => ({
    conversation,
    ...(message !== undefined && { excerpt: message.excerpt }),
  }));
