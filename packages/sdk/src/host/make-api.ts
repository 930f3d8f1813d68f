import type { PluginApi } from "../api/plugin-api.ts";
import type { AskHost, TypedAsk } from "./ask.ts";
import { chatApi } from "./chat.ts";
import { conversationsApi } from "./conversations.ts";
import { memoryApi } from "./memory.ts";
import { metricsApi } from "./metrics.ts";
import { storageApi } from "./storage.ts";
import { toolsApi } from "./tools.ts";
import { type ThemeSource, uiApi } from "./ui.ts";

/** What a plugin has without asking the host, from that in which it runs. */
export interface LocalParts extends Pick<PluginApi, "settings" | "log"> {
  readonly theme: ThemeSource;
}

type HostDomains = Omit<PluginApi, "settings" | "log">;

/** The domains of the `api` that are calls of the host. */
const DOMAINS: {
  readonly [Name in keyof HostDomains]: (ask: TypedAsk, local: LocalParts) => HostDomains[Name];
} = {
  storage: storageApi,
  conversations: conversationsApi,
  chat: chatApi,
  memory: memoryApi,
  tools: toolsApi,
  metrics: metricsApi,
  ui: uiApi,
};

/** The `api` of a plugin over `ask`, in whatever it runs. */
export const makeApi = (ask: AskHost, local: LocalParts): PluginApi => {
  const domains = Object.entries(DOMAINS).map(
    ([name, make]) => [name, Object.freeze(make(ask as TypedAsk, local))] as const,
  );
  const { settings, log } = local;
  return Object.freeze({ ...(Object.fromEntries(domains) as unknown as HostDomains), settings, log });
};
