import type { ModelRules } from "@patchbay/core";
import { type ModelKind, PatchbayError } from "@patchbay/protocol";
import { type ModelCaller, organizationOf, type Provider } from "../providers/ask-provider.ts";
import { modelId } from "../providers/model-names.ts";
import type { AskedModel, ProviderDirectory } from "../providers/provider-directory.ts";
import type { OrganizationRules } from "./organization-rules.ts";
import { DEFAULT_MODEL, isAllowed, modelsBehind } from "./rules.ts";

/** A model that may be asked, and who provides it. */
export interface FoundModel {
  readonly asked: AskedModel;
  readonly provider: Provider;
}

/** Which models answer a request, by its organization's rules. */
export class ModelChoice {
  readonly #directory: Pick<ProviderDirectory, "find" | "list">;
  readonly #rules: Pick<OrganizationRules, "of">;

  constructor(directory: Pick<ProviderDirectory, "find" | "list">, rules: Pick<OrganizationRules, "of">) {
    this.#directory = directory;
    this.#rules = rules;
  }

  /** Those of the caller's organization. */
  async rulesFor(caller: ModelCaller): Promise<ModelRules> {
    return await this.#rules.of(organizationOf(caller));
  }

  /**
   * The models behind a name, in the order in which they are asked: those of an alias that are there and allowed; of any kind where
   * none is said. Throws `model_not_found`, `forbidden` for a model that is not allowed, and what `ProviderDirectory.find` throws.
   */
  async find(
    caller: ModelCaller,
    model: string,
    kind: ModelKind | undefined,
  ): Promise<{ readonly rules: ModelRules; readonly found: readonly [FoundModel, ...FoundModel[]] }> {
    const rules = await this.rulesFor(caller);
    const name = model === DEFAULT_MODEL ? await this.#defaultOf(caller, rules, kind) : model;
    const found: FoundModel[] = [];
    let refusal: unknown;
    const behind = modelsBehind(rules, name);
    // Embeddings of another model could not be compared with those that are there.
    for (const one of kind === "embeddings" ? behind.slice(0, 1) : behind) {
      try {
        found.push(await this.#findAllowed(caller, rules, { model: one, kind }));
      } catch (error) {
        refusal ??= one === model ? error : unnamed(error, model);
      }
    }
    const [first, ...others] = found;
    if (first === undefined) throw refusal;
    return { rules, found: [first, ...others] };
  }

  async #findAllowed(
    caller: ModelCaller,
    rules: ModelRules,
    { model, kind }: { readonly model: string; readonly kind: ModelKind | undefined },
  ): Promise<FoundModel> {
    const found = await this.#directory.find(caller, model, kind);
    if (isAllowed(rules, namesOf(found.asked, found.provider))) return found;
    throw new PatchbayError(
      "forbidden",
      `The model "${model.slice(0, 256)}" is not among those that your organization allows. Its administrators can allow it.`,
    );
  }

  async #defaultOf(caller: ModelCaller, rules: ModelRules, kind: ModelKind | undefined): Promise<string> {
    if (kind === "chat" && rules.defaultModel !== null) return rules.defaultModel;
    const listed = await this.#directory.list(caller);
    const first = listed.find(
      ({ asked, provider, info }) =>
        info.kind === (kind ?? "chat") && isAllowed(rules, namesOf(asked, provider)),
    );
    if (first !== undefined) return modelId(first.asked.provider, first.asked.name);
    throw new PatchbayError(
      "model_not_found",
      "There is no model here yet. An administrator can enable a plugin that provides some.",
    );
  }
}

/** What an alias stands for may belong to a plugin that is hidden from the caller, who has not named it. */
const unnamed = (error: unknown, alias: string): unknown =>
  error instanceof PatchbayError && OF_A_NAME.has(error.code)
    ? new PatchbayError(
        error.code,
        `None of the models that "${alias.slice(0, 256)}" stands for can be asked here. Your organization's administrators decide which these are.`,
      )
    : error;
const OF_A_NAME: ReadonlySet<string> = new Set(["model_not_found", "forbidden", "invalid_request"]);

/** By which names the rules may mean a model: the one that it is listed by, and the one that is its plugin's alone. */
export const namesOf = (
  { provider, name }: Pick<AskedModel, "provider" | "name">,
  { plugin, entry }: Pick<Provider, "plugin" | "entry">,
): readonly string[] => [modelId(provider, name), modelId(`${plugin}:${entry.name}`, name)];
