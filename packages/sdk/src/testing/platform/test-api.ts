import {
  HOST_METHODS,
  type HostDomainName,
  type HostMethod,
  type HostMethodName,
  schemaErrors,
} from "@patchbay/protocol";
import type { PluginApi } from "../../api/plugin-api.ts";
import type { Notification } from "../../api/ui.ts";
import { InvalidInputError, PermissionDeniedError } from "../../errors.ts";
import { type AskHost, type AskOptions, makeApi, NO_THEME, type ThemeSource } from "../../host/index.ts";
import type { LogEntry } from "../log-entry.ts";
import { type ChatStandIn, chat } from "./chat.ts";
import { conversations } from "./conversations.ts";
import { type MemoryStandIn, memory } from "./memory.ts";
import { metrics } from "./metrics.ts";
import type { StandIn, StandInAnswer } from "./stand-in.ts";
import { storage } from "./storage.ts";
import { type ToolsStandIn, tools } from "./tools.ts";
import { ui } from "./ui.ts";

interface PlatformParts {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly grants: ReadonlySet<string>;
  readonly logs: LogEntry[];
  readonly notifications: Notification[];
  /** That of server code, which has none, unless given. */
  readonly theme?: ThemeSource;
  /** Echoes unless given. */
  readonly chat?: ChatStandIn | undefined;
  /** Whose memories are those of its own. */
  readonly pluginId?: string | undefined;
  readonly memory?: MemoryStandIn | undefined;
  readonly otherTools?: ToolsStandIn | undefined;
}

/** `fetch` is the test's own, or Node's. */
type StandIns = { readonly [Domain in Exclude<HostDomainName, "fetch">]: StandIn<Domain> };

const standIns = ({
  notifications,
  chat: models,
  pluginId = "test.plugin",
  memory: memories,
  otherTools,
}: PlatformParts): StandIns => ({
  storage: storage(),
  conversations: conversations(),
  chat: chat(models),
  memory: memory(pluginId, memories),
  tools: tools(pluginId, otherTools),
  metrics: metrics(),
  ui: ui(notifications),
});

/** The platform in memory: it refuses what the real one refuses, by the same table. */
export const testApi = (parts: PlatformParts): PluginApi => {
  const { settings, grants, logs, theme = NO_THEME } = parts;
  const methods: Readonly<Record<string, Serve>> = Object.assign({}, ...Object.values(standIns(parts)));
  const log = (level: LogEntry["level"]) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    logs.push({ level, message, ...(fields && { fields }) });
  };
  return makeApi(askOf(grants, methods), {
    theme,
    settings: {
      getAll: async () => settings,
      get: async <T>(name: string) => settings[name] as T | undefined,
      onChange: () => () => undefined,
    },
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
  });
};

type Serve = (params: unknown, options: AskOptions) => StandInAnswer | Promise<StandInAnswer>;

const askOf =
  (grants: ReadonlySet<string>, methods: Readonly<Record<string, Serve>>): AskHost =>
  async (method, given, options = {}) => {
    // What is undefined does not reach the platform.
    const params: unknown = JSON.parse(JSON.stringify(given));
    requireAllowed(method, params, grants);
    const { body, ...reply } = await (methods[method] as Serve)(params, options);
    return { ...reply, ...(body !== undefined && { body: new Blob([body]).stream() }) };
  };

const requireAllowed = (method: HostMethodName, params: unknown, grants: ReadonlySet<string>): void => {
  const { permission, params: form }: HostMethod = HOST_METHODS[method];
  if (permission !== null && !grants.has(permission))
    throw new PermissionDeniedError(`${method} needs the permission ${permission}, which was not granted.`);
  const errors = schemaErrors(form, params);
  if (errors.length === 0) return;
  throw new InvalidInputError(`${method}: ${errors[0]?.pointer} ${errors[0]?.message}`, { errors });
};
