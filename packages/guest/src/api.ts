import type { FileReadAnswer, HostMethodName } from "@patchbay/protocol";
import type {
  ChatApi,
  DataApi,
  MemoryApi,
  MetricsApi,
  PluginApi,
  PluginLog,
  SettingsApi,
  StorageApi,
  StoredFile,
  ToolsApi,
  UiApi,
  WorkflowsApi,
} from "@patchbay/sdk";
import type { HostCalls, HostReply } from "./host-calls.ts";
import type { Settings } from "./settings.ts";

/** What an api needs. `call` and `project` are those of the call that it was made for. */
export interface ApiParts {
  readonly hostCalls: HostCalls;
  readonly settings: Settings;
  readonly log: PluginLog;
  readonly call: () => number | undefined;
  readonly project: () => string;
}

/** The typed `api` over host calls. Domains are made when first asked for: most calls use one or none. */
export class Api implements PluginApi {
  readonly #parts: ApiParts;
  readonly #made = new Map<string, unknown>();

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  get storage(): StorageApi {
    return this.#domain("storage", () => storageApi(this.#ask));
  }
  get settings(): SettingsApi {
    return this.#domain("settings", () => settingsApi(this.#parts));
  }
  get chat(): ChatApi {
    return this.#domain("chat", () => chatApi(this.#ask));
  }
  get memory(): MemoryApi {
    return this.#domain("memory", () => memoryApi(this.#ask));
  }
  get tools(): ToolsApi {
    return this.#domain("tools", () => ({
      list: () => value(this.#ask("tools.list")),
      invoke: (id, input) => value(this.#ask("tools.invoke", { id, input })),
    }));
  }
  get workflows(): WorkflowsApi {
    return this.#domain("workflows", () => ({
      run: (id, input) => value(this.#ask("workflows.run", { id, input })),
    }));
  }
  get data(): DataApi {
    return this.#domain("data", () => ({
      streams: () => value(this.#ask("data.streams")),
      query: (stream, query) => value(this.#ask("data.query", { stream, ...query })),
      upsert: (stream, records) => value(this.#ask("data.upsert", { stream, records })),
    }));
  }
  get metrics(): MetricsApi {
    return this.#domain("metrics", () => ({ plugins: () => value(this.#ask("metrics.plugins", {})) }));
  }
  get ui(): UiApi {
    return this.#domain("ui", () => ({
      showNotification: (notification) => value(this.#ask("ui.showNotification", notification)),
      getTheme: () => value(this.#ask("ui.getTheme")),
      // The theme belongs to a console that somebody looks at: no event of it reaches the server side yet.
      onThemeChange: () => () => undefined,
    }));
  }
  get log(): PluginLog {
    return this.#parts.log;
  }

  #ask: Ask = (method, params, attachment) =>
    this.#parts.hostCalls.request(method, {
      params,
      call: this.#parts.call(),
      ...(attachment === undefined ? {} : { attachment }),
    });

  #domain<T>(name: string, make: () => T): T {
    const found = this.#made.get(name) ?? Object.freeze(make());
    this.#made.set(name, found);
    return found as T;
  }
}

type Ask = (method: HostMethodName, params?: unknown, attachment?: Uint8Array) => Promise<HostReply>;

/** The host is trusted by the guest, so its answers need a type and no check. */
const value = async <T>(reply: Promise<HostReply>): Promise<T> => (await reply).value as T;
const optional = async <T>(reply: Promise<HostReply>): Promise<T | undefined> =>
  ((await reply).value ?? undefined) as T | undefined;
const nothing = async (reply: Promise<HostReply>): Promise<void> => void (await reply);

const storageApi = (ask: Ask): StorageApi => ({
  // A stored null is found, so only what is absent becomes undefined.
  get: (key) => value(ask("storage.get", { key })),
  set: (key, stored) => nothing(ask("storage.set", { key, value: stored })),
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

const readFile = async (ask: Ask, path: string): Promise<StoredFile | undefined> => {
  const reply = await ask("storage.files.read", { path });
  const found = reply.value as FileReadAnswer | null;
  if (found === null) return undefined;
  const bytes = new Uint8Array(await new Response(reply.body ?? null).arrayBuffer());
  return { bytes, contentType: found.contentType ?? undefined };
};

const settingsApi = ({ settings, project }: ApiParts): SettingsApi => ({
  getAll: async () => settings.of(project()),
  get: async <T>(name: string) => {
    const values = settings.of(project());
    return (Object.hasOwn(values, name) ? values[name] : undefined) as T | undefined;
  },
  onChange: (listener) => settings.onChange(listener),
});

const chatApi = (ask: Ask): ChatApi => ({
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

const memoryApi = (ask: Ask): MemoryApi => ({
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
