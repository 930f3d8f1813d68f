import type { Conversation, ConversationScope, KeptMessage } from "@patchbay/protocol";
import { PluginError } from "../../errors.ts";
import type { StandIn } from "./stand-in.ts";

interface Kept {
  conversation: Conversation;
  readonly messages: KeptMessage[];
}

/** Conversations in memory, for the one person of a test. */
export const conversations = (): StandIn<"conversations"> => {
  const all = new Map<string, Kept>();
  let made = 0;
  const keep = (
    head: Pick<Conversation, "scope" | "title" | "metadata" | "branchedFrom">,
    messages: readonly KeptMessage[],
  ) => {
    const at = new Date().toISOString();
    const id = `conversation-${++made}`;
    const sizes = { messages: messages.length, bytes: 0, createdAt: at, updatedAt: at };
    const kept = { conversation: { id, ...head, ...sizes }, messages: [...messages] };
    all.set(id, changed(kept));
    return kept.conversation;
  };
  const find = (id: string): Kept => {
    const found = all.get(id);
    if (found === undefined)
      throw new PluginError("conversation_not_found", "There is no such conversation here.");
    return found;
  };
  const newestFirst = (scope: ConversationScope | undefined) =>
    [...all.values()]
      .filter(({ conversation }) => scope === undefined || conversation.scope === scope)
      .toReversed();
  return {
    "conversations.create": ({ scope, title = null, metadata = {} }) => ({
      value: keep({ scope, title, metadata, branchedFrom: null }, []),
    }),
    "conversations.get": ({ id }) => ({ value: all.get(id)?.conversation ?? null }),
    "conversations.update": ({ id, ...change }) => {
      const kept = find(id);
      kept.conversation = { ...kept.conversation, ...change };
      return { value: toFront(all, changed(kept)).conversation };
    },
    "conversations.delete": ({ id }) => ({ value: all.delete(id) }),
    "conversations.list": ({ scope, limit = 50, cursor = "0" }) => ({
      value: page(
        newestFirst(scope).map(({ conversation }) => conversation),
        limit,
        cursor,
      ),
    }),
    "conversations.search": ({ text, scope, limit = 10 }) => {
      const words = text.toLowerCase().split(/\s+/);
      const has = (written: string) => words.every((word) => written.toLowerCase().includes(word));
      const found = newestFirst(scope).flatMap(({ conversation, messages }) => {
        const match = messages.find(({ message }) => has(textOf(message)));
        if (match === undefined) return has(conversation.title ?? "") ? [{ conversation }] : [];
        const { id, createdAt, message } = match;
        return [{ conversation, message: { id, createdAt, role: message.role, excerpt: textOf(message) } }];
      });
      return { value: found.slice(0, limit) };
    },
    "conversations.append": ({ id, messages }) => {
      const kept = find(id);
      const createdAt = new Date().toISOString();
      const first = Number(kept.messages.at(-1)?.id ?? 0) + 1;
      const added = messages.map((message, place) => ({ id: String(first + place), createdAt, message }));
      kept.messages.push(...added);
      toFront(all, changed(kept));
      return { value: added.map(({ message: _message, ...head }) => head) };
    },
    "conversations.messages": ({ id, limit = 100, cursor = "0" }) => ({
      value: page(find(id).messages, limit, cursor),
    }),
    "conversations.deleteMessage": ({ id, messageId }) => {
      const kept = find(id);
      const place = kept.messages.findIndex((one) => one.id === messageId);
      if (place >= 0) kept.messages.splice(place, 1);
      changed(kept);
      return { value: place >= 0 };
    },
    "conversations.branch": ({ id, upTo, title }) => {
      const { conversation, messages } = find(id);
      const place = upTo === undefined ? messages.length - 1 : messages.findIndex((one) => one.id === upTo);
      if (upTo !== undefined && place < 0)
        throw new PluginError("conversation_not_found", "There is no such message in the conversation.");
      const branchedFrom = { conversation: id, message: upTo ?? null };
      const head = { ...conversation, branchedFrom, ...(title !== undefined && { title }) };
      return { value: keep(head, messages.slice(0, place + 1)) };
    },
    "conversations.export": ({ id, format }) => {
      const { conversation, messages } = find(id);
      const text =
        format === "json"
          ? JSON.stringify({ conversation, messages })
          : messages.map(({ message }) => `## ${message.role}\n\n${textOf(message)}\n`).join("\n");
      const contentType = format === "json" ? "application/json" : "text/markdown";
      return { value: { contentType }, body: new TextEncoder().encode(text) };
    },
  };
};

/** With what is counted of it. */
const changed = (kept: Kept): Kept => {
  const { title, metadata } = kept.conversation;
  const bytes = JSON.stringify([title, metadata, kept.messages]).length;
  const updatedAt = new Date().toISOString();
  kept.conversation = { ...kept.conversation, messages: kept.messages.length, bytes, updatedAt };
  return kept;
};

const toFront = (all: Map<string, Kept>, kept: Kept): Kept => {
  all.delete(kept.conversation.id);
  all.set(kept.conversation.id, kept);
  return kept;
};

const page = <T>(items: readonly T[], limit: number, cursor: string) => {
  const end = Number(cursor) + limit;
  return { items: items.slice(Number(cursor), end), ...(end < items.length && { cursor: String(end) }) };
};

const textOf = ({ parts }: KeptMessage["message"]): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("");
