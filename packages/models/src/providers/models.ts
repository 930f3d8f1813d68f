import {
  authorize,
  type DomainLog,
  type InForce,
  type InvocationGateway,
  type ModelRules,
  requireScope,
} from "@patchbay/core";
import {
  type ChatRequest,
  type EmbeddingsAnswer,
  type EmbeddingsRequest,
  type ModelInfo,
  PatchbayError,
} from "@patchbay/protocol";
import type { UsageAccounts } from "../accounts/usage-accounts.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { EventBatches } from "../events-of.ts";
import type { MessageHooks } from "../hooks/message-hooks.ts";
import { ModelFailure } from "../model-failure.ts";
import { Breakers } from "../routing/breakers.ts";
import { type FoundModel, ModelChoice, namesOf } from "../routing/model-choice.ts";
import type { OrganizationRules } from "../routing/organization-rules.ts";
import { type Candidate, RoutedAnswer } from "../routing/routed-answer.ts";
import { isAllowed, modelsBehind } from "../routing/rules.ts";
import { untilAnswered } from "../routing/until-answered.ts";
import { askProvider, type MemberCaller, type ModelCaller, type Provider } from "./ask-provider.ts";
import { ModelLists } from "./model-lists.ts";
import { addressOf, modelId } from "./model-names.ts";
import { readEmbeddings, readEvents } from "./provider-answers.ts";
import { type AskedModel, type ListedByProvider, noModel, ProviderDirectory } from "./provider-directory.ts";
import { isFaultOfProvider, modelErrorOf } from "./provider-failures.ts";
import { isNotSetUp, type Upstreams } from "./upstreams.ts";

export interface ChatCall {
  /** The model that answers, or that was asked last. */
  readonly answering: AskedModel;
  /**
   * The last is `finish` or `error`. To be read to the end or returned early. The first throws what keeps the caller from asking any of
   * the models; nobody is asked before it is read.
   */
  readonly events: EventBatches;
}

/** A model that the caller may ask. */
export interface AvailableModel extends Omit<ModelInfo, "name"> {
  /** `provider/model`: how requests name it. */
  readonly id: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** When that was installed. */
  readonly since: Date;
  /** The models that an alias stands for, in their order. */
  readonly models?: readonly string[];
}

/** A model with what an administrator wants to know of it. */
export interface ManagedModel extends AvailableModel {
  /** Whether the organization's rules let it be asked. */
  readonly isAllowed: boolean;
  /** For how long this node leaves it out, since its answers fail; 0: it is asked. */
  readonly restsForMs: number;
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
  readonly #accounts: Pick<UsageAccounts, "reserve">;
  readonly #directory: ProviderDirectory;
  readonly #gateway: Pick<InvocationGateway, "admit" | "call" | "requireReach">;
  readonly #lists: ModelLists;
  readonly #upstreams: Pick<Upstreams, "chat" | "count" | "embed" | "test" | "forget">;
  readonly #choice: ModelChoice;
  readonly #hooks: Pick<MessageHooks, "pass">;
  readonly #breakers = new Breakers();

  /** `log` hears of providers that do not tell their models. */
  constructor(parts: {
    readonly accounts: Pick<UsageAccounts, "reserve">;
    readonly inForce: Pick<InForce, "listUsable">;
    readonly gateway: Pick<InvocationGateway, "admit" | "call" | "requireReach">;
    readonly upstreams: Pick<Upstreams, "chat" | "count" | "embed" | "test" | "forget">;
    readonly rules: Pick<OrganizationRules, "of">;
    readonly hooks: Pick<MessageHooks, "pass">;
    readonly log: Pick<DomainLog, "warn">;
  }) {
    this.#accounts = parts.accounts;
    this.#gateway = parts.gateway;
    this.#lists = new ModelLists(parts.gateway, parts.log);
    this.#directory = new ProviderDirectory(parts.inForce, this.#lists);
    this.#upstreams = parts.upstreams;
    this.#hooks = parts.hooks;
    this.#choice = new ModelChoice(this.#directory, parts.rules);
  }

  /**
   * All that the caller may ask: models by provider and in its order, then aliases. One that cannot tell its models takes nobody else's
   * away. Throws `forbidden`, `organization_not_found`, `project_not_found`.
   */
  async list(caller: ModelCaller): Promise<AvailableModel[]> {
    const [rules, listed] = await Promise.all([this.#choice.rulesFor(caller), this.#directory.list(caller)]);
    return modelsIn(rules, listed);
  }

  /** The chat model that answers where none is named; null without any. Throws as `list` does. */
  async active(caller: ModelCaller): Promise<AvailableModel | null> {
    const [rules, listed] = await Promise.all([this.#choice.rulesFor(caller), this.#directory.list(caller)]);
    const { defaultModel } = rules;
    const isActive = ({ id, kind }: AvailableModel) =>
      defaultModel === null ? kind === "chat" : id === defaultModel;
    return modelsIn(rules, listed).find(isActive) ?? null;
  }

  /** All models of the organization, also those that may not be asked, for those who may set them up. Throws as `list` does. */
  async listManaged(caller: MemberCaller): Promise<ManagedModel[]> {
    authorize(caller.by.principal, caller.by.organization, "org.plugins.configure");
    const [rules, listed] = await Promise.all([this.#choice.rulesFor(caller), this.#directory.list(caller)]);
    return listed.map((one) => ({
      ...availableOf(one),
      isAllowed: isAllowed(rules, namesOf(one.asked, one.provider)),
      restsForMs: Math.ceil(this.#breakers.restOf(keyOf(caller, one))),
    }));
  }

  /**
   * What the first model answers that can, of those that the name stands for. Throws `model_not_found`, `forbidden` for a model that is
   * not allowed, `invalid_request` for an ambiguous name, and what `MessageHooks.pass` throws.
   */
  async chat(caller: ModelCaller, request: ChatRequest): Promise<ChatCall> {
    const { rules, found } = await this.#choice.find(caller, request.model, "chat");
    const [first, ...others] = found;
    const passed = await this.#hooks.pass(caller, request, first.asked);
    const candidate = (one: FoundModel): Candidate => ({
      asked: one.asked,
      key: keyOf(caller, one),
      ask: () => this.#chat(caller, one, passed),
    });
    const { retries } = rules;
    return new RoutedAnswer(
      [candidate(first), ...others.map(candidate)],
      passed,
      { retries, breakers: this.#breakers },
      caller.signal,
    );
  }

  /** What one model answers. Throws what keeps the caller from calling the plugin, and what the model fails with before it says anything. */
  async #chat(
    caller: ModelCaller,
    { asked, provider }: FoundModel,
    request: ChatRequest,
  ): Promise<EventBatches> {
    const named = { ...request, model: asked.name };
    const reserved = await this.#accounts.reserve({ caller, asked, request: { kind: "chat", request } });
    try {
      const answer = asked.isOurs
        ? await this.#upstreams.chat(caller, provider, named)
        : await askProvider(this.#gateway, caller, provider, { ask: "chat", request: named });
      return reserved.events(readEvents(answer, asked.isOurs));
    } catch (error) {
      reserved.settle({ code: codeOf(error) });
      throw error;
    }
  }

  /** One model or alias by its full name, of which only its provider is asked. Throws as `chat` does, and what the provider fails with. */
  async get(caller: ModelCaller, id: string): Promise<AvailableModel> {
    const rules = await this.#choice.rulesFor(caller);
    const models = modelsBehind(rules, id);
    const isAlias = models.length !== 1 || models[0] !== id;
    if (!isAlias && addressOf(id) === null) throw noModel(id);
    const { found } = await this.#choice.find(caller, id, undefined);
    const [{ asked, provider }] = found;
    const info = (await this.#lists.of(caller, provider)).find(({ name }) => name === asked.name);
    if (info === undefined) throw noModel(id);
    const available = availableOf({ asked, provider, info });
    return isAlias ? { ...available, id, models } : available;
  }

  /** Throws once the caller may not have the model's answer any more. */
  async requireReach({ by, project }: ModelCaller, { plugin, isOurs }: AskedModel): Promise<void> {
    // An answer of a plugin ends with its process, one that Patchbay gets itself with the plugin's being in force.
    if (isOurs) await this.#gateway.admit(by, plugin, project);
    else await this.#gateway.requireReach(by, plugin, project);
  }

  /**
   * One embedding for each input, of the first model that the name stands for and of no other. Throws as `chat`
   * does, and what the provider fails with.
   */
  async embed(
    caller: ModelCaller,
    request: EmbeddingsRequest,
  ): Promise<EmbeddingsAnswer & { readonly model: string }> {
    const { rules, found } = await this.#choice.find(caller, request.model, "embeddings");
    const [one] = found;
    const { retries } = rules;
    const watching = { retries, breakers: this.#breakers, key: keyOf(caller, one) };
    const answer = await untilAnswered(() => this.#embed(caller, one, request), watching, caller.signal);
    return { ...answer, model: modelId(one.asked.provider, answer.model ?? one.asked.name) };
  }

  async #embed(
    caller: ModelCaller,
    { asked, provider }: FoundModel,
    request: EmbeddingsRequest,
  ): Promise<EmbeddingsAnswer> {
    const named = { ...request, model: asked.name };
    const reserved = await this.#accounts.reserve({
      caller,
      asked,
      request: { kind: "embeddings", request },
    });
    try {
      const told = asked.isOurs
        ? await this.#upstreams.embed(caller, provider, named)
        : await askProvider(this.#gateway, caller, provider, { ask: "embed", request: named });
      const answer = readEmbeddings(told, request.inputs.length);
      reserved.settle({ usage: answer.usage, code: null });
      return answer;
    } catch (error) {
      reserved.settle({ code: codeOf(error) });
      throw error;
    }
  }

  /** How many tokens the input has: as the model's server counts them, or about. Throws as `chat` does, and what the server fails with. */
  async countTokens(
    caller: ModelCaller,
    request: ChatRequest,
  ): Promise<{ readonly tokens: number; readonly isEstimate: boolean }> {
    const { found } = await this.#choice.find(caller, request.model, "chat");
    const [{ asked, provider }] = found;
    const { plugin, entry } = provider;
    if (entry.upstream === undefined) {
      await this.#gateway.admit(caller.by, plugin, caller.project);
      return { tokens: estimateTokens(request), isEstimate: true };
    }
    // What must not reach a server does not reach it to be counted, either.
    const passed = await this.#hooks.pass(caller, request, asked);
    const named = { ...passed, model: asked.name };
    const counted = await this.#upstreams.count(caller, provider, named).catch((error: unknown) => {
      throw isFaultOfProvider(error) ? new ModelFailure(modelErrorOf(error)) : error;
    });
    return { tokens: counted ?? estimateTokens(passed), isEstimate: counted === null };
  }

  /**
   * Asks each of a plugin's providers, or the one that is named, whether it has its models, whatever was held of them, for those who may
   * set them up. Throws `forbidden`, and what keeps the caller from asking them.
   */
  async test(caller: MemberCaller, plugin: string, only?: string): Promise<ProviderTest[]> {
    const { by, project } = caller;
    const { principal, organization } = by;
    await this.#gateway.admit(by, plugin, project);
    const authority = authorize(principal, organization, "org.plugins.configure");
    requireScope(authority, { projects: project === undefined ? "all" : [project] });
    const providers = (await this.#directory.read(caller)).filter(
      (one) => one.plugin === plugin && (only === undefined || one.entry.name === only),
    );
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
      // Whoever reads this reads the name beside it.
      if (isNotSetUp(error)) return { ...named, status: "not_set_up", message: NOT_SAID };
      return { ...named, status: "fails", message: modelErrorOf(error).message };
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

const NOT_SAID = "The settings do not say all that it needs.";

/** What became of the model, or else what kept the caller from asking it. */
const codeOf = (error: unknown): string => {
  if (isFaultOfProvider(error)) return modelErrorOf(error).code;
  return error instanceof PatchbayError ? error.code : "internal";
};

/** What may be asked of what is listed, with the aliases. */
const modelsIn = (rules: ModelRules, listed: readonly ListedByProvider[]): AvailableModel[] => {
  const own = listed.filter((one) => isAllowed(rules, namesOf(one.asked, one.provider))).map(availableOf);
  const aliases = rules.aliases.flatMap(({ name, models }) => {
    const first = models.map((model) => own.find(({ id }) => id === model)).find((one) => one !== undefined);
    return first === undefined ? [] : [{ ...first, id: name, models }];
  });
  return [...new Map([...own, ...aliases].map((model) => [model.id, model])).values()];
};

const availableOf = ({ asked, provider, info: { name, ...facts } }: ListedByProvider): AvailableModel => ({
  id: modelId(asked.provider, name),
  plugin: provider.plugin,
  since: provider.since,
  ...facts,
});

/** By what it is known how a model does: settings may lead elsewhere in each project. */
const keyOf = ({ project }: ModelCaller, { asked, provider }: FoundModel): string =>
  JSON.stringify([provider.installationId, provider.entry.name, project, asked.name]);
