import type { ChatApi, MemoryApi } from "@patchbay/sdk";
import { type Ask, nothing, optional, value } from "./ask.ts";
import { fromBase64 } from "./bytes.ts";

export const chatApi = (ask: Ask): ChatApi => ({
  sendMessage: (request) => value(ask("chat.sendMessage", request)),
  streamMessage: async (request) => {
    const reply = await ask("chat.streamMessage", request);
    const text = new TextDecoder().decode(fromBase64(reply.body ?? ""));
    return { streamId: (reply.value as { streamId: string }).streamId, text: oneOf(text) };
  },
  cancelStream: (streamId) => nothing(ask("chat.cancelStream", { streamId })),
  getActiveModel: () => optional(ask("chat.getActiveModel")),
  listModels: () => value(ask("chat.listModels")),
});

const oneOf = async function* (text: string): AsyncGenerator<string> {
  yield text;
};

export const memoryApi = (ask: Ask): MemoryApi => ({
  createNamespace: (namespace) => value(ask("memory.createNamespace", namespace)),
  listNamespaces: () => value(ask("memory.listNamespaces")),
  updateNamespace: (name, change) => value(ask("memory.updateNamespace", { name, ...change })),
  deleteNamespace: (name) => value(ask("memory.deleteNamespace", { name })),
  createEntry: (namespace, entry) => value(ask("memory.createEntry", { namespace, ...entry })),
  readEntry: (namespace, id) => optional(ask("memory.readEntry", { namespace, id })),
  updateEntry: (namespace, id, change) => value(ask("memory.updateEntry", { namespace, id, ...change })),
  deleteEntry: (namespace, id) => value(ask("memory.deleteEntry", { namespace, id })),
  search: (namespace, query, options = {}) => value(ask("memory.search", { namespace, query, ...options })),
  extract: (namespace, text) => value(ask("memory.extract", { namespace, text })),
  consolidate: (namespace) => value(ask("memory.consolidate", { namespace })),
});
