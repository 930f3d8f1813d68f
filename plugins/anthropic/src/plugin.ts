import { definePlugin, type ModelContext, type ModelInfo } from "@patchbay/sdk";

/** `key` is a placeholder. */
interface Settings {
  readonly url?: string;
  readonly key?: string;
  readonly models?: readonly string[];
}

const VERSION = "2023-06-01";
/** All at once: the most that a page of the list holds. */
const PAGE = 1_000;

const settingsOf = ({ settings }: ModelContext): Settings => settings as Settings;

const headersFor = ({ key }: Settings): Record<string, string> => ({
  "anthropic-version": VERSION,
  ...(key !== undefined && { "x-api-key": key }),
});

export default definePlugin({
  models: {
    anthropic: {
      title: "Anthropic",
      list: async (context) => {
        const settings = settingsOf(context);
        if (settings.url === undefined || settings.key === undefined) return [];
        const { models = [] } = settings;
        return models.length > 0
          ? models.map((name): ModelInfo => ({ name, kind: "chat" }))
          : await listed(settings, context.signal);
      },
      upstream: (context) => {
        const settings = settingsOf(context);
        if (settings.url === undefined || settings.key === undefined) return null;
        return {
          format: "anthropic-messages",
          baseUrl: settings.url,
          headers: headersFor(settings),
        };
      },
    },
  },
});

/** Throws what keeps the server from telling its models. */
const listed = async (settings: Settings, signal: AbortSignal): Promise<ModelInfo[]> => {
  const address = `${settings.url?.replace(/\/+$/, "")}/models?limit=${PAGE}`;
  const response = await fetch(address, { headers: headersFor(settings), signal });
  if (!response.ok)
    throw new Error(`Anthropic does not tell its models: it answers with status ${response.status}.`);
  const { data } = (await response.json()) as {
    data?: readonly { readonly id?: unknown; readonly display_name?: unknown }[];
  };
  if (!Array.isArray(data)) throw new Error("Anthropic does not tell its models: it sent no list.");
  return data.flatMap(({ id, display_name: title }): ModelInfo[] =>
    typeof id === "string" && id !== ""
      ? [{ name: id, kind: "chat", ...(typeof title === "string" && title !== "" && { title }) }]
      : [],
  );
};
