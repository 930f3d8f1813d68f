import type { FileReadAnswer, HostMethodName } from "@patchbay/protocol";
import type { ChatApi } from "../api/chat.ts";
import type { DataApi } from "../api/data.ts";
import type { MemoryApi } from "../api/memory.ts";
import type { MetricsApi } from "../api/metrics.ts";
import type { StorageApi, StoredFile } from "../api/storage.ts";
import type { ToolsApi, WorkflowsApi } from "../api/tools.ts";

export interface HostReply {
  readonly value: unknown;
  /** Present when bytes follow the value. */
  readonly body?: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Asks the platform, and throws its error. `attachment`: bytes that go beside the parameters. */
export type AskHost = (
  method: HostMethodName,
  params?: unknown,
  attachment?: Uint8Array,
) => Promise<HostReply>;

/** The host is trusted by what asks it, so its answers need a type and no check. */
export const value = async <T>(reply: Promise<Pick<HostReply, "value">>): Promise<T> =>
  (await reply).value as T;
const optional = async <T>(reply: Promise<HostReply>): Promise<T | undefined> =>
  ((await reply).value ?? undefined) as T | undefined;
export const nothing = async (reply: Promise<HostReply>): Promise<void> => void (await reply);

export const storageApi = (ask: AskHost): StorageApi => ({
  // A stored null is found, so only what is absent becomes undefined.
  get: (key) => value(ask("storage.get", { key })),
  set: async (key, stored) => {
    if (stored === undefined)
      throw new TypeError(
        "storage.set got undefined as the value. Store null, or use storage.delete to remove the key.",
      );
    await nothing(ask("storage.set", { key, value: stored }));
  },
  delete: (key) => value(ask("storage.delete", { key })),
  list: (options = {}) => value(ask("storage.list", options)),
  files: {
    read: (path) => readFile(ask, path),
    write: (path, content, options = {}) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
      return nothing(ask("storage.files.write", { path, ...options }, bytes));
    },
    delete: (path) => value(ask("storage.files.delete", { path })),
    list: (options = {}) => value(ask("storage.files.list", options)),
  },
  conversations: {
    create: (conversation) => value(ask("storage.conversations.create", conversation)),
    read: (id) => optional(ask("storage.conversations.read", { id })),
    update: (id, change) => value(ask("storage.conversations.update", { id, ...change })),
    delete: (id) => value(ask("storage.conversations.delete", { id })),
    list: (options = {}) => value(ask("storage.conversations.list", options)),
  },
});

const readFile = async (ask: AskHost, path: string): Promise<StoredFile | undefined> => {
  const reply = await ask("storage.files.read", { path });
  const found = reply.value as FileReadAnswer | null;
  if (found === null) return undefined;
  const bytes = new Uint8Array(await new Response(reply.body ?? null).arrayBuffer());
  return { bytes, contentType: found.contentType ?? undefined };
};

export const chatApi = (ask: AskHost): ChatApi => ({
  sendMessage: (request) => value(ask("chat.sendMessage", request)),
  streamMessage: async (request) => {
    const reply = await ask("chat.streamMessage", request);
    const text = (reply.body ?? new Blob([]).stream()).pipeThrough(new TextDecoderStream());
    return { streamId: (reply.value as { streamId: string }).streamId, text };
  },
  cancelStream: (streamId) => nothing(ask("chat.cancelStream", { streamId })),
  getActiveModel: () => optional(ask("chat.getActiveModel")),
  listModels: () => value(ask("chat.listModels")),
});

export const memoryApi = (ask: AskHost): MemoryApi => ({
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

export const toolsApi = (ask: AskHost): ToolsApi => ({
  list: () => value(ask("tools.list")),
  invoke: (id, input) => value(ask("tools.invoke", { id, input })),
});

export const workflowsApi = (ask: AskHost): WorkflowsApi => ({
  run: (id, input) => value(ask("workflows.run", { id, input })),
});

export const dataApi = (ask: AskHost): DataApi => ({
  streams: () => value(ask("data.streams")),
  query: (stream, query) => value(ask("data.query", { stream, ...query })),
  upsert: (stream, records) => value(ask("data.upsert", { stream, records })),
});

export const metricsApi = (ask: AskHost): MetricsApi => ({
  plugins: () => value(ask("metrics.plugins", {})),
});
