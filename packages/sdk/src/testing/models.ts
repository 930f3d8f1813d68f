import { type ChatEvent, gatherChat } from "@patchbay/protocol";
import type { PluginDefinition } from "../definitions.ts";
import { PluginError } from "../errors.ts";
import type {
  ChatAnswer,
  ChatRequest,
  EmbeddingsAnswer,
  ModelContext,
  ModelInfo,
  ModelProvider,
  ModelUpstream,
} from "../models.ts";
import { isStream } from "./streams.ts";

/** A plugin's models, as the gateway would ask them. A model is named `provider/model`. Throws what the provider throws. */
export interface ModelsHarness {
  /** Asks a chat model, and gathers its events into the answer. */
  chat(model: string, request: Omit<ChatRequest, "model">): Promise<ChatAnswer>;
  /** Asks a model of embeddings; `dimensions` is how many numbers each should have. */
  embed(
    model: string,
    texts: readonly string[],
    options?: { readonly dimensions?: number },
  ): Promise<EmbeddingsAnswer>;
  /** The models that a provider lists. */
  listModels(provider: string): Promise<readonly ModelInfo[]>;
  /** The server that Patchbay asks for a provider's models; null as long as it is not set up. */
  upstream(provider: string): Promise<ModelUpstream | null>;
}

/** The harness for the plugin's model providers. */
export const modelsHarness = (
  plugin: PluginDefinition,
  context: () => ModelContext,
  run: <T>(work: () => Promise<T>) => Promise<T>,
): ModelsHarness => ({
  chat: (named, request) =>
    run(async () => {
      const { provider, model } = find(plugin, named);
      const answer = await provider.chat?.({ ...request, model }, context());
      if (answer === undefined) throw notFound(named);
      return isStream(answer) ? await gathered(answer as AsyncIterable<ChatEvent>) : (answer as ChatAnswer);
    }),
  embed: (named, texts, options = {}) =>
    run(async () => {
      const { provider, model } = find(plugin, named);
      const answer = await provider.embed?.({ ...options, model, inputs: [...texts] }, context());
      if (answer === undefined) throw notFound(named);
      return answer;
    }),
  listModels: (name) => run(async () => await providerNamed(plugin, name).list(context())),
  upstream: (name) =>
    run(async () => {
      const upstream = await providerNamed(plugin, name).upstream?.(context());
      if (upstream === undefined) throw notFound(name);
      return upstream;
    }),
});

const find = (
  plugin: PluginDefinition,
  named: string,
): { readonly provider: ModelProvider; readonly model: string } => {
  const at = named.indexOf("/");
  if (at < 1) throw notFound(named);
  return { provider: providerNamed(plugin, named.slice(0, at)), model: named.slice(at + 1) };
};

const providerNamed = ({ models = {} }: PluginDefinition, name: string): ModelProvider => {
  const provider = Object.hasOwn(models, name) ? models[name] : undefined;
  if (provider === undefined) throw notFound(name);
  return provider;
};

const gathered = async (events: AsyncIterable<ChatEvent>): Promise<ChatAnswer> => {
  const answer = await gatherChat(events);
  if (answer.ok) return answer.value;
  throw new PluginError("plugin_error", answer.error.message);
};

const notFound = (named: string): PluginError =>
  new PluginError(
    "model_not_found",
    `The plugin has no model provider for "${named}". Name a model as provider/model.`,
  );
