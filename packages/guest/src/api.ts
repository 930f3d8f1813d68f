import type {
  ChatApi,
  DataApi,
  MemoryApi,
  MetricsApi,
  PluginApi,
  PluginLog,
  SettingsApi,
  StorageApi,
  ToolsApi,
  UiApi,
  WorkflowsApi,
} from "@patchbay/sdk";
import {
  type AskHost,
  chatApi,
  dataApi,
  memoryApi,
  metricsApi,
  storageApi,
  toolsApi,
  value,
  workflowsApi,
} from "@patchbay/sdk/host";
import type { HostCalls } from "./host-calls.ts";
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
    return this.#domain("tools", () => toolsApi(this.#ask));
  }
  get workflows(): WorkflowsApi {
    return this.#domain("workflows", () => workflowsApi(this.#ask));
  }
  get data(): DataApi {
    return this.#domain("data", () => dataApi(this.#ask));
  }
  get metrics(): MetricsApi {
    return this.#domain("metrics", () => metricsApi(this.#ask));
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

  #ask: AskHost = (method, params, attachment) =>
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

const settingsApi = ({ settings, project }: ApiParts): SettingsApi => ({
  getAll: async () => settings.of(project()),
  get: async <T>(name: string) => {
    const values = settings.of(project());
    return (Object.hasOwn(values, name) ? values[name] : undefined) as T | undefined;
  },
  onChange: (listener) => settings.onChange(listener),
});
