import {
  type Asker,
  authorize,
  type InForce,
  isProjectVisible,
  isServerCode,
  type ProjectScope,
} from "@patchbay/core";
import { type ModelInfo, type ModelKind, PatchbayError } from "@patchbay/protocol";
import { MAX_HELD_CALLERS, PROVIDERS_AGE_MS, SILENCE_MS } from "../limits.ts";
import type { ModelCaller, Provider } from "./ask-provider.ts";
import type { ModelLists } from "./model-lists.ts";
import { addressOf, isNamed, modelId, nameIn, providerNamed } from "./model-names.ts";
import { Recent } from "./recent.ts";

/** A model that a request named. */
export interface AskedModel {
  /** The provider, by the name that means it alone. */
  readonly provider: string;
  /** As the provider knows it. */
  readonly name: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** Whether Patchbay asks its server itself. */
  readonly isOurs: boolean;
}

/** A model that a provider tells. */
export interface ListedByProvider {
  readonly asked: AskedModel;
  readonly provider: Provider;
  readonly info: ModelInfo;
}

/** Finds the providers that somebody may ask, and which of them a model's name means. */
export class ProviderDirectory {
  readonly #inForce: Pick<InForce, "listUsable">;
  readonly #lists: ModelLists;
  /** By caller. Each call is held against the rules again by the gateway: here it is only found where it goes. */
  readonly #found = new Recent<readonly Provider[]>({ ageMs: PROVIDERS_AGE_MS, most: MAX_HELD_CALLERS });

  constructor(inForce: Pick<InForce, "listUsable">, lists: ModelLists) {
    this.#inForce = inForce;
    this.#lists = lists;
  }

  /** Providers are looked for anew. */
  forget(): void {
    this.#found.forget("");
  }

  /** As they were found lately, unless one is asked for that was not there then. */
  async recent(caller: ModelCaller, name: string | undefined): Promise<readonly Provider[]> {
    const lately = this.#found.get(keyOf(caller)) ?? [];
    const isThere = name !== undefined && lately.some((provider) => isNamed(provider, name));
    return isThere ? lately : await this.read(caller);
  }

  /** All whose models the caller may ask, as they are now. Throws `forbidden`, `organization_not_found`, `project_not_found`. */
  async read(caller: ModelCaller): Promise<readonly Provider[]> {
    const { by, project } = caller;
    const found = await this.#inForce.listUsable("models", by, project);
    const providers = found.map(({ installation, entry }) => ({
      plugin: installation.pluginId,
      entry,
      installationId: installation.id,
      revision: installation.revision,
      projects: projectsFor(by, installation.scope),
      since: installation.createdAt,
    }));
    return this.#found.set(keyOf(caller), providers);
  }

  /**
   * The model that a request names; a name without a provider means the only listed model that has it. Throws `model_not_found`,
   * `invalid_request` for an ambiguous name, `unavailable` when nobody knows.
   */
  async find(
    caller: ModelCaller,
    model: string,
    kind: ModelKind | undefined,
  ): Promise<{ readonly asked: AskedModel; readonly provider: Provider }> {
    const address = addressOf(model);
    const providers = await this.recent(caller, address?.provider);
    const found =
      address === null
        ? await this.#findByName(caller, providers, model)
        : { provider: providerNamed(providers, address.provider), name: address.name };
    const { provider, name } = found;
    if (kind === undefined || provider.entry.kinds.includes(kind))
      return {
        asked: askedOf(providers, provider, name),
        provider,
      };
    throw new PatchbayError(
      "model_not_found",
      `The model provider "${provider.entry.name}" has no models for ${kind}.`,
    );
  }

  /** All models by provider and in its order; one that cannot tell its models takes nobody else's away. Throws as `read` does. */
  async list(caller: ModelCaller): Promise<ListedByProvider[]> {
    const providers = await this.read(caller);
    const lists = await Promise.allSettled(providers.map((provider) => this.#lists.of(caller, provider)));
    return providers.flatMap((provider, place) => {
      const list = lists[place];
      return list?.status === "fulfilled"
        ? list.value.map((info) => ({ asked: askedOf(providers, provider, info.name), provider, info }))
        : [];
    });
  }

  async #findByName(
    caller: ModelCaller,
    providers: readonly Provider[],
    model: string,
  ): Promise<{ readonly provider: Provider; readonly name: string }> {
    const lists = await Promise.allSettled(providers.map((provider) => this.#lists.of(caller, provider)));
    const having = providers.filter((_, place) => {
      const list = lists[place];
      return list?.status === "fulfilled" && list.value.some(({ name }) => name === model);
    });
    const [provider, ...more] = having;
    if (provider !== undefined && more.length === 0) return { provider, name: model };
    const names = having.map((one) => modelId(nameIn(providers, one), model)).join(" or ");
    const silent = providers.filter((_, place) => lists[place]?.status === "rejected");
    if (provider === undefined && silent.length > 0)
      throw new PatchbayError(
        "unavailable",
        `It is not known whether there is a model "${model.slice(0, 256)}": ${silent.map((one) => nameIn(providers, one)).join(", ")} did not tell. Name it as provider/model, or try again.`,
        { facts: { retryAfterSeconds: SILENCE_MS / 1000 } },
      );
    throw provider === undefined
      ? noModel(model)
      : new PatchbayError("invalid_request", `Several providers have a model "${model}": say ${names}.`);
  }
}

const askedOf = (providers: readonly Provider[], provider: Provider, name: string): AskedModel => ({
  provider: nameIn(providers, provider),
  name,
  plugin: provider.plugin,
  isOurs: provider.entry.upstream !== undefined,
});

export const noModel = (model: string): PatchbayError =>
  new PatchbayError(
    "model_not_found",
    `There is no model "${model.slice(0, 256)}" here. Name one as provider/model, as GET /v1/models lists them.`,
  );

const projectsFor = (by: Asker, { projects }: ProjectScope): readonly string[] | null => {
  // Server code that may do without a project asks without one.
  if (projects === "all" || isServerCode(by)) return null;
  const sight = authorize(by.principal, by.organization, "org.plugins.use");
  return projects.filter((slug) => isProjectVisible(sight, slug));
};

const keyOf = ({ by, project }: ModelCaller): string =>
  JSON.stringify(
    isServerCode(by)
      ? ["plugin", by.installation.organizationId, by.installation.installationId, project]
      : ["member", by.organization, by.principal.user.id, by.principal.key?.id, project],
  );
