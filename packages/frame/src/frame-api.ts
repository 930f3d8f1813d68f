import type { PluginLog, SettingsApi, SettingsValues } from "@patchbay/sdk";
import { type AskHost, makeApi } from "@patchbay/sdk/host";
import type { OwnToolOptions, OwnToolsApi, UiPluginApi } from "@patchbay/sdk/ui";
import type { Ask } from "./ask.ts";
import { toBase64 } from "./bytes.ts";
import type { HostPort } from "./host-port.ts";
import { Stream } from "./stream.ts";
import type { FrameColors } from "./theme.ts";

/** Listeners to the settings; told by the boot script when the console says that they changed. */
export type SettingsListeners = Set<(values: SettingsValues) => void>;

/** The `api` of a view: every method is a call over the port, which the platform's gate lets through or refuses. */
export const frameApi = (port: HostPort, colors: FrameColors, listeners: SettingsListeners): UiPluginApi => {
  const ask: Ask = (method, args = {}, request = {}) => port.call(method, { ...request, args });
  const platform = makeApi(hostOver(ask), {
    settings: settingsApi(ask, listeners),
    log: logApi(ask),
    theme: {
      getTheme: async () => colors.current,
      onThemeChange: (listener) => colors.onChange(listener),
    },
  });
  return Object.freeze({ ...platform, plugin: ownTools(ask) });
};

/** The host as the sandbox sees it too: bytes as bytes, and values as they come. */
const hostOver =
  (ask: Ask): AskHost =>
  async (method, params, { attachment, signal, streams } = {}) => {
    if (streams) return { value: null, values: streamOf(ask, method, params, signal) };
    return await ask(method, params, {
      signal,
      ...(attachment !== undefined && { attachment: toBase64(attachment) }),
    });
  };

/** The values that a call answers with. Leaving them ends the call. */
const streamOf = <T>(
  ask: Ask,
  method: Parameters<Ask>[0],
  args: unknown,
  signal: AbortSignal | undefined,
): Stream<T> => {
  const controller = new AbortController();
  const stream = new Stream<T>(() => controller.abort());
  const signals = signal === undefined ? [controller.signal] : [controller.signal, signal];
  ask(method, args, {
    signal: AbortSignal.any(signals),
    onChunk: (chunk) => stream.push(chunk as T),
  }).then(
    () => stream.end(),
    (error: unknown) => stream.fail(error),
  );
  return stream;
};

const settingsApi = (ask: Ask, listeners: SettingsListeners): SettingsApi => {
  const getAll = async () => (await ask("settings.getAll")).value as SettingsValues;
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
  call: async <T>(tool: string, input: unknown = {}, { signal }: OwnToolOptions = {}) =>
    (await ask("plugin.call", { tool, input }, { signal })).value as T,
  stream: <T>(tool: string, input: unknown = {}, { signal }: OwnToolOptions = {}) =>
    streamOf<T>(ask, "plugin.stream", { tool, input }, signal),
});

/** Lines are sent and forgotten: a log that fails must not fail the view. */
const logApi = (ask: Ask): PluginLog => {
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    const args = { level, message: String(message).slice(0, 8_192), ...(fields && { fields }) };
    ask("log", args).catch((error: unknown) => console.warn("A log line was not kept:", error));
  };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
};
