import type { FileReadAnswer } from "@patchbay/protocol";
import type { PluginLog, SettingsApi, SettingsValues, StorageApi } from "@patchbay/sdk";
import type { OwnToolsApi, UiPluginApi } from "@patchbay/sdk/ui";
import { type Ask, nothing, optional, value } from "./ask.ts";
import { fromBase64, toBase64 } from "./bytes.ts";
import type { HostPort } from "./host-port.ts";
import { chatApi, memoryApi } from "./model-domains.ts";
import { Stream } from "./stream.ts";
import type { FrameColors } from "./theme.ts";

/** Listeners to the settings; told by the boot script when the console says that they changed. */
export type SettingsListeners = Set<(values: SettingsValues) => void>;

/** The `api` of a view: every method is a call over the port, which the platform's gate lets through or refuses. */
export const frameApi = (port: HostPort, colors: FrameColors, listeners: SettingsListeners): UiPluginApi => {
  const ask: Ask = (method, args = {}, request = {}) => port.call(method, { ...request, args });
  return Object.freeze({
    storage: storageApi(ask),
    settings: settingsApi(ask, listeners),
    plugin: ownTools(ask),
    log: logApi(ask),
    metrics: { plugins: () => value(ask("metrics.plugins")) },
    ui: {
      showNotification: (notification) => nothing(ask("ui.showNotification", notification)),
      getTheme: async () => colors.current,
      onThemeChange: (listener) => colors.onChange(listener),
    },
    tools: {
      list: () => value(ask("tools.list")),
      invoke: (id, input) => value(ask("tools.invoke", { id, input })),
    },
    workflows: { run: (id, input) => value(ask("workflows.run", { id, input })) },
    data: {
      streams: () => value(ask("data.streams")),
      query: (stream, query) => value(ask("data.query", { stream, ...query })),
      upsert: (stream, records) => value(ask("data.upsert", { stream, records })),
    },
    chat: chatApi(ask),
    memory: memoryApi(ask),
  } satisfies UiPluginApi);
};

const settingsApi = (ask: Ask, listeners: SettingsListeners): SettingsApi => {
  const getAll = () => value<SettingsValues>(ask("settings.getAll"));
  return {
    getAll,
    get: async <T>(name: string) => {
      const values = await getAll();
      return (Object.hasOwn(values, name) ? values[name] : undefined) as T | undefined;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const ownTools = (ask: Ask): OwnToolsApi => ({
  call: (tool, input = {}, { signal } = {}) => value(ask("plugin.call", { tool, input }, { signal })),
  stream: <T>(tool: string, input: unknown = {}, { signal }: { signal?: AbortSignal } = {}) => {
    const controller = new AbortController();
    const stream = new Stream<T>(() => controller.abort());
    const signals = signal === undefined ? [controller.signal] : [controller.signal, signal];
    ask(
      "plugin.stream",
      { tool, input },
      { signal: AbortSignal.any(signals), onChunk: (chunk) => stream.push(chunk as T) },
    ).then(
      () => stream.end(),
      (error: unknown) => stream.fail(error),
    );
    return stream;
  },
});

/** Lines are sent and forgotten: a log that fails must not fail the view. */
const logApi = (ask: Ask): PluginLog => {
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    const args = { level, message: String(message).slice(0, 8_192), ...(fields && { fields }) };
    ask("log", args).catch((error: unknown) => console.warn("A log line was not kept:", error));
  };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
};

const storageApi = (ask: Ask): StorageApi => ({
  get: (key) => value(ask("storage.get", { key })),
  set: (key, stored) => nothing(ask("storage.set", { key, value: stored })),
  delete: (key) => value(ask("storage.delete", { key })),
  list: (options = {}) => value(ask("storage.list", options)),
  files: {
    read: async (path) => {
      const { value: found, body } = await ask("storage.files.read", { path });
      if (found === null) return undefined;
      const { contentType } = found as FileReadAnswer;
      return { bytes: fromBase64(body ?? ""), contentType: contentType ?? undefined };
    },
    write: (path, content, options = {}) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      return nothing(
        ask("storage.files.write", { path, ...options }, { attachment: toBase64(new Uint8Array(bytes)) }),
      );
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
