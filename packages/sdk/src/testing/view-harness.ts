import { type ComponentType, createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import type { Notification, Theme } from "../api/ui.ts";
import { PluginError } from "../errors.ts";
import { ViewProvider } from "../ui/context.ts";
import type { UiPluginApi } from "../ui/ui-plugin-api.ts";
import type { ViewInfo, ViewManifest, ViewProps } from "../ui/view.ts";
import type { LogEntry } from "./log-entry.ts";
import type { ChatStandIn } from "./platform/chat.ts";
import type { MemoryStandIn } from "./platform/memory.ts";
import { testApi } from "./platform/test-api.ts";
import type { ToolsStandIn } from "./platform/tools.ts";
import { gather, isStream } from "./streams.ts";

import type { ManifestPermissions } from "./test-harness.ts";

export interface ViewHarnessOptions {
  /** The plugin's `plugin.json`. */
  readonly manifest: ViewManifest & ManifestPermissions;
  /** Which view, where and in which language; the first of the manifest as a page in English unless given. */
  readonly view?: Partial<ViewInfo>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Names of the permissions that are granted; those that the manifest requires unless given. */
  readonly grants?: readonly string[];
  readonly theme?: Theme;
  /** The models that `api.chat` asks; one that repeats what it is told unless given. */
  readonly chat?: ChatStandIn;
  /** What a model would find for `api.memory.extract`. */
  readonly memory?: MemoryStandIn;
  /** Tools of other plugins that `api.tools` invokes, by `plugin/tool`. */
  readonly otherTools?: ToolsStandIn;
  /** Stands in for the plugin's own server tools. A tool that gives an async iterable is a stream. */
  readonly tools?: Readonly<Record<string, (input: unknown) => unknown>>;
}

export interface ViewHarness {
  readonly api: UiPluginApi;
  /** The component's HTML as it is first rendered. Effects do not run: there is no browser. */
  render(View: ComponentType<ViewProps>): string;
  readonly notifications: readonly Notification[];
  /** All that was logged, oldest first. */
  readonly logs: readonly LogEntry[];
}

const LIGHT: Theme = { mode: "light", colors: { background: "#ffffff", text: "#1a1b1e", accent: "#1c7ed6" } };

/** Runs a view's component in the test's process, with the platform in memory. What only the frame does is not there. */
export const createViewHarness = (options: ViewHarnessOptions): ViewHarness => {
  const { manifest, settings = {}, theme = LIGHT, tools = {} } = options;
  const logs: LogEntry[] = [];
  const notifications: Notification[] = [];
  const grants = new Set(options.grants ?? requiredBy(manifest));
  const colors = { getTheme: async () => theme, onThemeChange: () => () => undefined };
  const platform = testApi({
    settings,
    grants,
    logs,
    notifications,
    theme: colors,
    chat: options.chat,
    memory: options.memory,
    otherTools: options.otherTools,
    pluginId: manifest.id,
  });
  const api: UiPluginApi = { ...platform, plugin: ownTools(tools) };
  const [first] = manifest.contributes?.views ?? [];
  const view: ViewInfo = { name: first?.name ?? "main", place: "page", locale: "en", ...options.view };
  const props: ViewProps = { api, pluginId: manifest.id, manifest };
  const context = { props, view, theme: () => theme };
  return {
    api,
    notifications,
    logs,
    render: (View) =>
      renderToStaticMarkup(createElement(ViewProvider, { context }, createElement(View, props))),
  };
};

const ownTools = (tools: NonNullable<ViewHarnessOptions["tools"]>): UiPluginApi["plugin"] => {
  const run = async (name: string, input: unknown): Promise<unknown> => {
    const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
    if (tool === undefined) throw new PluginError("tool_not_found", `The test has no tool "${name}".`);
    return await tool(input);
  };
  return {
    call: async <T>(name: string, input: unknown = {}) => {
      const answer = await run(name, input);
      return (isStream(answer) ? await gather(answer) : answer) as T;
    },
    stream: async function* <T>(name: string, input: unknown = {}) {
      const answer = await run(name, input);
      if (isStream(answer)) yield* answer as AsyncIterable<T>;
      else yield answer as T;
    },
  };
};

const requiredBy = (manifest: ManifestPermissions): string[] =>
  (manifest.permissions?.required ?? []).map((one) => (typeof one === "string" ? one : one.name));
