import { HOST_METHODS, type HostMethod, isHostMethodName } from "@patchbay/protocol";
import type { PluginApi } from "../api/plugin-api.ts";
import type { StorageListOptions, StoragePage } from "../api/storage.ts";
import type { Notification } from "../api/ui.ts";
import { NotAvailableError, PermissionDeniedError } from "../errors.ts";
import type { LogEntry } from "./log-entry.ts";

interface TestApiParts {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly grants: ReadonlySet<string>;
  readonly logs: LogEntry[];
  readonly notifications: Notification[];
}

type Stored<T> = Map<string, { readonly value: T; readonly bytes: number }>;

/** The platform in memory, as far as it is built; the rest throws `NotAvailableError`, as the real one does. */
export const testApi = ({ settings, grants, logs, notifications }: TestApiParts): PluginApi => {
  const values: Stored<string> = new Map();
  const files: Stored<{ bytes: Uint8Array<ArrayBuffer>; contentType: string | undefined }> = new Map();
  const guarded = async <T>(work: () => T): Promise<T> => {
    if (!grants.has("storage.scoped"))
      throw new PermissionDeniedError("This needs the permission storage.scoped, which was not granted.");
    return work();
  };
  const log = (level: LogEntry["level"]) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    logs.push({ level, message, ...(fields && { fields }) });
  };
  return {
    ...(missingDomains(grants) as Omit<PluginApi, "storage" | "settings" | "log" | "ui">),
    ui: {
      showNotification: async (notification) => {
        if (!grants.has("ui.notifications"))
          throw new PermissionDeniedError(
            "This needs the permission ui.notifications, which was not granted.",
          );
        notifications.push(notification);
      },
      getTheme: (missing("ui", grants) as PluginApi["ui"]).getTheme,
      onThemeChange: () => () => undefined,
    },
    settings: {
      getAll: async () => settings,
      get: async <T>(name: string) => settings[name] as T | undefined,
      onChange: () => () => undefined,
    },
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    storage: {
      get: <T>(key: string) => guarded(() => parsed<T>(values.get(key)?.value)),
      set: (key, value) => guarded(() => void values.set(key, sized(JSON.stringify(value)))),
      delete: (key) => guarded(() => values.delete(key)),
      list: (options) => guarded(() => page(values, options)),
      files: {
        read: (path) => guarded(() => files.get(path)?.value),
        write: (path, content, options) =>
          guarded(() => {
            const bytes =
              typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
            files.set(path, { value: { bytes, contentType: options?.contentType }, bytes: bytes.length });
          }),
        delete: (path) => guarded(() => files.delete(path)),
        list: (options) => guarded(() => page(files, options)),
      },
      conversations: missing("storage.conversations", grants) as PluginApi["storage"]["conversations"],
    },
  };
};

const parsed = <T>(json: string | undefined): T | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as T);

const sized = (value: string) => ({ value, bytes: value.length });

const page = (
  stored: Stored<unknown>,
  { prefix = "", limit = 100, cursor = "" }: StorageListOptions = {},
): StoragePage => {
  const keys = [...stored.keys()].filter((key) => key.startsWith(prefix) && key > cursor).sort();
  const items = keys
    .slice(0, limit)
    .map((key) => ({ key, bytes: stored.get(key)?.bytes ?? 0, updatedAt: new Date().toISOString() }));
  const last = items.at(-1)?.key;
  return { items, ...(keys.length > limit && last !== undefined && { cursor: last }) };
};

/** A domain of which every method says that it is not granted, or that it is not there: in this order, as the platform does. */
const missing = (domain: string, grants: ReadonlySet<string>): object =>
  new Proxy(
    {},
    {
      get: (_target, key) => async () => {
        const name = `${domain}.${String(key)}`;
        const method: HostMethod | undefined = isHostMethodName(name) ? HOST_METHODS[name] : undefined;
        if (method?.permission && !grants.has(method.permission))
          throw new PermissionDeniedError(
            `${name} needs the permission ${method.permission}, which was not granted.`,
          );
        throw new NotAvailableError(`${name} is not available in this version of Patchbay.`);
      },
    },
  );

const missingDomains = (grants: ReadonlySet<string>): object =>
  Object.fromEntries(
    ["chat", "memory", "tools", "workflows", "data", "metrics"].map((domain) => [
      domain,
      missing(domain, grants),
    ]),
  );
