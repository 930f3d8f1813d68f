import { definePlugin, type ModelContext, type ModelInfo, type ModelProvider } from "@patchbay/sdk";
import { kindOf } from "./kind-of.ts";
import { SERVERS, type Server } from "./servers.ts";

/** What is set of a server. `key` is a placeholder. */
interface Settings {
  readonly url?: string;
  readonly key?: string;
  readonly api?: "chat completions" | "responses";
  readonly models?: readonly string[];
}

const settingsOf = (name: string, { settings }: ModelContext): Settings => (settings[name] ?? {}) as Settings;

/** Whether there is all that the server needs to be asked. */
const isSet = ({ isOpen }: Server, { url, key }: Settings): boolean =>
  url !== undefined && url !== "" && (isOpen || key !== undefined);

const headersFor = ({ keyIn }: Server, { key }: Settings): Record<string, string> =>
  key === undefined ? {} : { [keyIn.header]: `${keyIn.prefix}${key}` };

const providerOf = (name: string, server: Server): ModelProvider => ({
  title: server.title,
  kinds: ["chat", "embeddings"],
  list: async (context) => {
    const settings = settingsOf(name, context);
    if (!isSet(server, settings)) return [];
    const { models = [] } = settings;
    const names = models.length > 0 ? models : await listed(server, settings, context.signal);
    return names.map((model): ModelInfo => ({ name: model, kind: kindOf(model) }));
  },
  upstream: (context) => {
    const settings = settingsOf(name, context);
    if (settings.url === undefined || !isSet(server, settings)) return null;
    return {
      format: settings.api === "responses" ? "openai-responses" : "openai-chat",
      baseUrl: settings.url,
      headers: headersFor(server, settings),
    };
  },
});

/** The names of all models that the server has. Throws what keeps it from telling them. */
const listed = async (server: Server, settings: Settings, signal: AbortSignal): Promise<string[]> => {
  const address = `${settings.url?.replace(/\/+$/, "")}/models`;
  const response = await fetch(address, { headers: headersFor(server, settings), signal });
  if (!response.ok)
    throw new Error(`${server.title} does not tell its models: it answers with status ${response.status}.`);
  const { data } = (await response.json()) as { data?: readonly { readonly id?: unknown }[] };
  if (!Array.isArray(data)) throw new Error(`${server.title} does not tell its models: it sent no list.`);
  return data.flatMap(({ id }) => (typeof id === "string" && id !== "" ? [id] : []));
};

export default definePlugin({
  models: Object.fromEntries(
    Object.entries(SERVERS).map(([name, server]) => [name, providerOf(name, server)]),
  ),
});
