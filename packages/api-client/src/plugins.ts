import type {
  Grant,
  GrantsDto,
  HistoryEventDto,
  InstallationDataDto,
  InstallationDto,
  InstalledDto,
  InstanceDto,
  LogLevel,
  LogLineDto,
  MetricsDto,
  PermissionName,
  ScopeDto,
  SECRET_HOSTS,
  SecretHosts,
  SettingsDto,
} from "@patchbay/protocol";
import { type FollowOptions, follow } from "./follow.ts";
import type { Page, PageQuery, Revised, Transport } from "./transport.ts";

export type GrantInput = PermissionName | Grant;
export type ScopeInput = { readonly projects: "all" | readonly string[] };

export interface InstallOptions {
  readonly plugin: string;
  /** The newest unless told. */
  readonly version?: string;
  readonly grants?: readonly GrantInput[];
  readonly scope?: ScopeInput;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the plugins that come along may do, by their ids. */
  readonly dependencies?: Readonly<Record<string, { readonly grants?: readonly GrantInput[] }>>;
}

export interface LogFilter {
  /** The least severe level. */
  readonly level?: LogLevel;
  /** Text that must occur. */
  readonly q?: string;
}

/** Installed plugins: switching, versions, configuration, and what they do. */
export class PluginsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(): Promise<InstallationDto[]> {
    return this.#transport.items(`${this.#transport.organization}/plugins`);
  }

  /** Throws `plugin_not_installed`. */
  get(plugin: string): Promise<InstallationDto> {
    return this.#transport.json("GET", this.#plugin(plugin));
  }

  /** Installs, disabled, with all that it needs. Throws `grants_required` with `missing`, and `dependencies` for those that come along. */
  install(body: InstallOptions): Promise<InstalledDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/plugins`, { body });
  }

  /** A step without parameters. */
  step(plugin: string, step: "enable" | "disable" | "rollback" | "retry"): Promise<InstallationDto> {
    return this.#transport.json("POST", `${this.#plugin(plugin)}/${step}`);
  }

  /** To the newest version unless told. Throws `grants_required` with `missing`, and changes nothing then. */
  update(
    plugin: string,
    body: {
      readonly version?: string;
      readonly grants?: readonly (GrantInput | typeof SECRET_HOSTS | SecretHosts)[];
      /** Merged into the organization's values, by the new version's schema. */
      readonly settings?: Readonly<Record<string, unknown>>;
    } = {},
  ): Promise<InstallationDto> {
    return this.#transport.json("POST", `${this.#plugin(plugin)}/update`, { body });
  }

  /** Throws `plugin_enabled` unless it is disabled or may be. */
  uninstall(plugin: string, query: { readonly disable: boolean }): Promise<void> {
    return this.#transport.nothing("DELETE", this.#plugin(plugin), { query });
  }

  /** What uninstalling would remove, in numbers. */
  data(plugin: string): Promise<InstallationDataDto> {
    return this.#transport.json("GET", `${this.#plugin(plugin)}/data`);
  }

  /** Effective settings; of a project when one is named. */
  settings(plugin: string, project?: string): Promise<Revised<SettingsDto>> {
    return this.#transport.revised("GET", `${this.#plugin(plugin)}/settings`, { query: { project } });
  }

  /** Absent keys stay, null unsets. Throws `settings_invalid`, or `revision_changed` when `seen` is no longer there. */
  putSettings(
    plugin: string,
    body: Readonly<Record<string, unknown>>,
    project?: string,
    seen?: string,
  ): Promise<Revised<SettingsDto>> {
    const path = `${this.#plugin(plugin)}/settings`;
    return this.#transport.revised("PUT", path, { body, query: { project }, seen });
  }

  /** Back to the manifest's defaults. Throws `revision_changed` when `seen` is no longer there. */
  resetSettings(plugin: string, project?: string, seen?: string): Promise<Revised<SettingsDto>> {
    return this.#transport.revised("DELETE", `${this.#plugin(plugin)}/settings`, {
      query: { project },
      seen,
    });
  }

  grants(plugin: string): Promise<Revised<GrantsDto>> {
    return this.#transport.revised("GET", `${this.#plugin(plugin)}/grants`);
  }

  /** Replaces all grants. Throws `revision_changed` when `seen` is no longer there. */
  putGrants(plugin: string, grants: readonly GrantInput[], seen?: string): Promise<Revised<GrantsDto>> {
    return this.#transport.revised("PUT", `${this.#plugin(plugin)}/grants`, { body: { grants }, seen });
  }

  scope(plugin: string): Promise<Revised<ScopeDto>> {
    return this.#transport.revised("GET", `${this.#plugin(plugin)}/scope`);
  }

  /** Throws `revision_changed` when `seen` is no longer there. */
  putScope(plugin: string, body: ScopeInput, seen?: string): Promise<Revised<ScopeDto>> {
    return this.#transport.revised("PUT", `${this.#plugin(plugin)}/scope`, { body, seen });
  }

  /** The newest lines, oldest first; with `after` those that follow the line of this id. */
  logs(
    plugin: string,
    query: LogFilter & { readonly limit?: number; readonly after?: string } = {},
  ): Promise<LogLineDto[]> {
    return this.#transport.items(`${this.#plugin(plugin)}/logs`, { ...query });
  }

  /** The newest lines, 100 unless told and at most 1,000, then every further one as it comes. */
  async *followLogs(
    plugin: string,
    filter: LogFilter & { readonly limit?: number } = {},
    options: FollowOptions = {},
  ): AsyncGenerator<LogLineDto> {
    const events = follow(this.#transport, `${this.#plugin(plugin)}/logs`, { ...filter }, options);
    for await (const { event, data } of events) if (event === "line") yield data as LogLineDto;
  }

  /** Of the last hour: by minute, and all of it. */
  metrics(plugin: string): Promise<MetricsDto> {
    return this.#transport.json("GET", `${this.#plugin(plugin)}/metrics`);
  }

  /** Every step, newest first. */
  history(plugin: string, query: PageQuery = {}): Promise<Page<HistoryEventDto>> {
    return this.#transport.json("GET", `${this.#plugin(plugin)}/history`, { query: { ...query } });
  }

  /** Running sandboxes. */
  instances(plugin: string): Promise<InstanceDto[]> {
    return this.#transport.items(`${this.#plugin(plugin)}/instances`);
  }

  #plugin(plugin: string): string {
    return `${this.#transport.organization}/plugins/${encodeURIComponent(plugin)}`;
  }
}
