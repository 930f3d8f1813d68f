import { LOG_LEVELS, type LogLevel } from "@patchbay/protocol";
import { text } from "../../session/search.ts";

/** Dialogs that can stand over the page of one plugin. */
export const PLUGIN_DIALOGS = ["settings", "update", "rollback", "uninstall"] as const;
export type PluginDialogKind = (typeof PLUGIN_DIALOGS)[number];

/** What the address says about the page of a plugin, on every tab. */
export type PluginSearch = {
  readonly dialog?: PluginDialogKind | undefined;
  /** Version that the dialog `update` is about; the newest unless told. */
  readonly version?: string | undefined;
};

export type PluginToolsSearch = {
  /** Name of the chosen tool; the first one unless told. */
  readonly tool?: string | undefined;
};

export type PluginLogsSearch = {
  /** The least severe level that is shown. */
  readonly level?: LogLevel | undefined;
  /** Text that must occur. */
  readonly q?: string | undefined;
};

export type PluginCallsSearch = {
  /** Id of the call that is looked at. */
  readonly call?: string | undefined;
};

export type PluginSettingsSearch = {
  /** Slug of the project whose settings are shown; the organization's unless told. */
  readonly of?: string | undefined;
};

export type PluginMemorySearch = {
  /** Without the plugin's part. */
  readonly namespace?: string | undefined;
  /** What is searched for. */
  readonly q?: string | undefined;
  /** Id of the memory that is looked at; all of them unless told. */
  readonly memory?: string | undefined;
};

const present = <T extends object>(search: T): T =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;

type Given = Record<string, unknown>;

export const pluginSearch = ({ dialog, version }: Given): PluginSearch =>
  present({ dialog: PLUGIN_DIALOGS.find((one) => one === dialog), version: text(version) });

export const pluginToolsSearch = ({ tool }: Given): PluginToolsSearch => present({ tool: text(tool) });

export const pluginLogsSearch = ({ level, q }: Given): PluginLogsSearch =>
  present({ level: LOG_LEVELS.find((one) => one === level), q: text(q) });

export const pluginCallsSearch = ({ call }: Given): PluginCallsSearch => present({ call: text(call) });

export const pluginSettingsSearch = ({ of }: Given): PluginSettingsSearch => present({ of: text(of) });

export const pluginMemorySearch = ({ namespace, q, memory }: Given): PluginMemorySearch =>
  present({ namespace: text(namespace), q: text(q), memory: text(memory) });
