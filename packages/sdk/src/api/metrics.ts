/** One minute of a plugin's calls. Durations in milliseconds. */
export interface PluginMinute {
  /** Start of the minute, RFC 3339. */
  readonly at: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** What the plugin's sandboxes used in that minute; absent where it was not measured. */
  readonly cpuMs?: number;
  readonly memoryBytes?: number;
}

export interface PluginMetrics {
  /** The plugin's id. */
  readonly plugin: string;
  readonly name: string;
  /** State of the installation: `enabled`, `disabled`, `error` and so on. */
  readonly state: string;
  /** Minutes with calls, oldest first, for an hour. */
  readonly minutes: readonly PluginMinute[];
}

/** What happens in the organization, in numbers. Needs `metrics.read`; throws `PermissionDeniedError` without. */
export interface MetricsApi {
  /** One entry for each installed plugin. */
  plugins(): Promise<readonly PluginMetrics[]>;
}
