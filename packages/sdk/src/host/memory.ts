import type { MemoryApi } from "../api/memory.ts";
import { type TypedAsk, value } from "./ask.ts";

export const memoryApi = (ask: TypedAsk): MemoryApi => ({
  createNamespace: (namespace) => value(ask("memory.createNamespace", { namespace })),
  listNamespaces: () => value(ask("memory.listNamespaces", {})),
  deleteNamespace: (namespace) => value(ask("memory.deleteNamespace", { namespace })),
  add: (namespace, memory) => value(ask("memory.add", { namespace, ...memory })),
  get: (namespace, id) => value(ask("memory.get", { namespace, id })),
  update: (namespace, id, change) => value(ask("memory.update", { namespace, id, ...change })),
  delete: (namespace, id) => value(ask("memory.delete", { namespace, id })),
  list: (namespace, options = {}) => value(ask("memory.list", { namespace, ...options })),
  search: (namespaces, query, { signal, ...options } = {}) => {
    const named = typeof namespaces === "string" ? [namespaces] : [...namespaces];
    const params = { namespaces: named, query, ...options };
    return value(ask("memory.search", params, signal ? { signal } : {}));
  },
  history: (namespace, id) => value(ask("memory.history", { namespace, id })),
  undo: (namespace, change) => value(ask("memory.undo", { namespace, change })),
  consolidate: (namespace) => value(ask("memory.consolidate", { namespace })),
  extract: (namespace, messages, options = {}) =>
    value(ask("memory.extract", { namespace, messages: [...messages], ...options })),
  extraction: (id) => value(ask("memory.extraction", { id })),
});
