import {
  authorize,
  type DomainLog,
  type InForce,
  type InvocationGateway,
  requireScope,
} from "@patchbay/core";
import {
  type ChatEvent,
  type ChatRequest,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type ModelInfo,
  PatchbayError,
} from "@patchbay/protocol";
import type { Accounts } from "../accounts/accounts.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import { ModelFailure } from "../model-failure.ts";
import { askProvider, type ModelCaller, type Provider } from "./ask-provider.ts";
import { ModelLists } from "./model-lists.ts";
import { addressOf, modelId, nameIn, providerNamed } from "./model-names.ts";
import { readEmbeddings, readEvents } from "./provider-answers.ts";
import { type AskedModel, noModel, ProviderDirectory } from "./provider-directory.ts";
import { isFaultOfProvider, modelErrorOf } from "./provider-failures.ts";
import { isNotSetUp, type Upstreams } from "./upstreams.ts";

export interface ChatCall extends AskedModel {
  /** The last is `finish` or `error`. To be read to the end or returned early. */
  readonly events: AsyncGenerator<ChatEvent>;
}

/** A model that the caller may ask. */
export interface AvailableModel extends Omit<ModelInfo, "name"> {
  /** `provider/model`: how requests name it. */
  readonly id: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** When that was installed. */
  readonly since: Date;
}

/** What a provider said when it was asked whether it has its models. */
export interface ProviderTest {
  readonly name: string;
  readonly title?: string;
  /** `not_set_up`: its settings do not say all that it needs. */
  readonly status: "answers" | "not_set_up" | "fails";
  /** How many it has. */
  readonly models?: number;
  /** Why it does not answer, in a sentence. */
  readonly message?: string;
}

/** The models that plugins provide, for those who may use the plugins. */
export class Models {
  readonly #accounts: Pick<Accounts, "reserve">;
  readonly #directory: ProviderDirectory;
  readonly #gateway: Pick<InvocationGateway, "admit" | "call" | "requireReach">;
  readonly #lists: ModelLists;
  readonly #upstreams: Pick<Upstreams, "chat" | "count" | "embed" | "test" | "forget">;

  /** `log` hears of providers that do not tell their models. */
  constructor(parts: {
    readonly accounts: Pick<Accounts, "reserve">;
    readonly inForce: Pick<InForce, "list">;
    readonly gateway: Pick<InvocationGateway, "admit" | "call" | "requireReach">;
    readonly upstreams: Pick<Upstreams, "chat" | "count" | "embed" | "test" | "forget">;
    readonly log: Pick<DomainLog, "warn">;
  }) {
    this.#accounts = parts.accounts;
    this.#gateway = parts.gateway;
    this.#lists = new ModelLists(parts.gateway, parts.log);
    this.#directory = new ProviderDirectory(parts.inForce, this.#lists);
    this.#upstreams = parts.upstreams;
  }

  /**
   * All that the caller may ask, by provider and in its order; one that cannot tell its models takes nobody else's away. Throws
   * `forbidden`, `organization_not_found`, `project_not_found`.
   */
  async list(caller: ModelCaller): Promise<AvailableModel[]> {
    const providers = await this.#directory.read(caller);
    const lists = await Promise.allSettled(providers.map((provider) => this.#lists.of(caller, provider)));
    return providers.flatMap((provider, place) => {
      const list = lists[place];
      return list?.status === "fulfilled"
        ? list.value.map((info) => available(nameIn(providers, provider), provider, info))
        : [];
    });
  }

  /**
   * What the model answers. Throws `model_not_found`, `invalid_request` for an ambiguous name, and what keeps the caller from calling
   * the plugin.
   */
  async chat(caller: ModelCaller, request: ChatRequest): Promise<ChatCall> {
    const { asked, provider } = await this.#directory.find(caller, request.model, "chat");
    const named = { ...request, model: asked.name };
    const { isOurs } = asked;
    const reserved = await this.#accounts.reserve({ caller, asked, request: { kind: "chat", request } });
    try {
      const answer = isOurs
        ? await this.#upstreams.chat(caller, provider, named)
        : await askProvider(this.#gateway, caller, provider, { ask: "chat", request: named });
      return { ...asked, events: reserved.events(readEvents(answer, isOurs)) };
    } catch (error) {
      if (isFaultOfProvider(error)) return { ...asked, events: reserved.events(failure(error)) };
      reserved.settle({ code: codeOf(error) });
      throw error;
    }
  }

  /** One model by its full name, of which only its provider is asked. Throws `model_not_found`, and what the provider fails with. */
  async get(caller: ModelCaller, id: string): Promise<AvailableModel> {
    const address = addressOf(id);
    if (address === null) throw noModel(id);
    const providers = await this.#directory.recent(caller, address.provider);
    const provider = providerNamed(providers, address.provider);
    const info = (await this.#lists.of(caller, provider)).find(({ name }) => name === address.name);
    if (info === undefined) throw noModel(id);
    return available(nameIn(providers, provider), provider, info);
  }

  /** Throws once the caller may not have the model's answer any more. */
  async requireReach(
    { principal, organization, project }: ModelCaller,
    { plugin, isOurs }: AskedModel,
  ): Promise<void> {
    // An answer of a plugin ends with its process, one that Patchbay gets itself with the plugin's being in force.
    if (isOurs) await this.#gateway.admit(principal, organization, plugin, project);
    else await this.#gateway.requireReach(principal, organization, plugin, project);
  }

  /** One embedding for each input. Throws as `chat` does, and what the provider fails with. */
  async embed(
    caller: ModelCaller,
    request: EmbeddingsRequest,
  ): Promise<EmbeddingsAnswer & { readonly model: string }> {
    const { asked, provider } = await this.#directory.find(caller, request.model, "embeddings");
    const named = { ...request, model: asked.name };
    const { signal } = caller;
    const reserved = await this.#accounts.reserve({
      caller,
      asked,
      request: { kind: "embeddings", request },
    });
    const asking =
      provider.entry.upstream === undefined
        ? askProvider(this.#gateway, caller, provider, { ask: "embed", request: named })
        : this.#upstreams.embed(caller, provider, named);
    const answer = await asking
      .then((told) => readEmbeddings(told, request.inputs.length))
      .catch((error: unknown) => {
        reserved.settle({ code: codeOf(error) });
        throw isFaultOfProvider(error) && !signal.aborted ? new ModelFailure(modelErrorOf(error)) : error;
      });
    reserved.settle({ usage: answer.usage, code: null });
    return { ...answer, model: modelId(asked.provider, answer.model ?? asked.name) };
  }

  /** How many tokens the input has: as the model's server counts them, or about. Throws as `chat` does, and what the server fails with. */
  async countTokens(
    caller: ModelCaller,
    request: ChatRequest,
  ): Promise<{ readonly tokens: number; readonly isEstimate: boolean }> {
    const { asked, provider } = await this.#directory.find(caller, request.model, "chat");
    const { plugin, entry } = provider;
    if (entry.upstream === undefined) {
      const { principal, organization, project } = caller;
      await this.#gateway.admit(principal, organization, plugin, project);
      return { tokens: estimateTokens(request), isEstimate: true };
    }
    const named = { ...request, model: asked.name };
    const counted = await this.#upstreams.count(caller, provider, named).catch((error: unknown) => {
      throw isFaultOfProvider(error) ? new ModelFailure(modelErrorOf(error)) : error;
    });
    return { tokens: counted ?? estimateTokens(request), isEstimate: counted === null };
  }

  /**
   * Asks each of a plugin's providers whether it has its models, whatever was held of them, for those who may set them up. Throws
   * `forbidden`, and what keeps the caller from asking them.
   */
  async test(caller: ModelCaller, plugin: string): Promise<ProviderTest[]> {
    const { principal, organization, project } = caller;
    await this.#gateway.admit(principal, organization, plugin, project);
    const authority = authorize(principal, organization, "org.plugins.configure");
    requireScope(authority, { projects: project === undefined ? "all" : [project] });
    const providers = (await this.#directory.read(caller)).filter((one) => one.plugin === plugin);
    for (const { installationId } of providers) this.settingsChanged(installationId);
    return await Promise.all(providers.map((provider) => this.#test(caller, provider)));
  }

  async #test(caller: ModelCaller, provider: Provider): Promise<ProviderTest> {
    const { name, title, upstream } = provider.entry;
    const named = { name, ...(title !== undefined && { title }) };
    const { signal } = caller;
    try {
      if (upstream === undefined)
        return { ...named, status: "answers", models: (await this.#lists.of(caller, provider)).length };
      const answer = await this.#upstreams.test(caller, provider);
      return { ...named, status: "answers", models: answer.kind === "value" ? Number(answer.value) : 0 };
    } catch (error) {
      if (signal.aborted || !isFaultOfProvider(error)) throw error;
      const status = isNotSetUp(error) ? "not_set_up" : "fails";
      return { ...named, status, message: modelErrorOf(error).message };
    }
  }

  /** A provider's settings have changed: its models are listed anew. */
  settingsChanged(installationId: string): void {
    this.#lists.forget(installationId);
    this.#upstreams.forget(installationId);
  }

  /** Plugins have come, gone or changed: providers are looked for anew. */
  pluginsChanged(): void {
    this.#directory.forget();
  }
}

const codeOf = (error: unknown): string => (error instanceof PatchbayError ? error.code : "internal");

/** A model of the provider, which is named so. */
const available = (
  provider: string,
  { plugin, since }: Provider,
  { name, ...facts }: ModelInfo,
): AvailableModel => ({
  id: modelId(provider, name),
  plugin,
  since,
  ...facts,
});

const failure = async function* (error: unknown): AsyncGenerator<ChatEvent> {
  yield { type: "error", error: modelErrorOf(error) };
};
