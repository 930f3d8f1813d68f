import type { HostParams } from "@patchbay/protocol";
import type { ConversationsApi } from "../api/conversations.ts";
import { type TypedAsk, value } from "./ask.ts";

export const conversationsApi = (ask: TypedAsk): ConversationsApi => ({
  create: (conversation) => value(ask("conversations.create", conversation)),
  get: async (id) => (await value(ask("conversations.get", { id }))) ?? undefined,
  update: (id, change) => value(ask("conversations.update", { ...change, id })),
  delete: (id) => value(ask("conversations.delete", { id })),
  list: (options = {}) => value(ask("conversations.list", options)),
  search: (text, options = {}) => value(ask("conversations.search", { ...options, text })),
  append: (id, messages) =>
    value(
      ask("conversations.append", {
        id,
        messages: messages as HostParams<"conversations.append">["messages"],
      }),
    ),
  messages: (id, options = {}) => value(ask("conversations.messages", { ...options, id })),
  deleteMessage: (id, messageId) => value(ask("conversations.deleteMessage", { id, messageId })),
  branch: (id, options = {}) => value(ask("conversations.branch", { ...options, id })),
  export: async (id, format) => {
    const { body } = await ask("conversations.export", { id, format });
    return await new Response(body ?? null).text();
  },
});
