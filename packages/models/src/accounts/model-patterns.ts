import { modelId } from "../providers/model-names.ts";
import type { AskedModel } from "../providers/provider-directory.ts";

/** Of a model's name, what is written down: longer ones are nobody's but an attacker's. */
const MAX_NAME_LENGTH = 256;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSTORABLE = /[\u0000-\u001f\u007f]/g;

/** A model as accounts, budgets and prices know it, whoever asks and whatever else is installed for them. */
export interface AccountedModel {
  /** `provider/model`. */
  readonly id: string;
  /** `plugin:provider/model`: for patterns that mean the models of one plugin. */
  readonly fullId: string;
  /** The plugin that provides it. */
  readonly plugin: string;
}

/** How the provider is named depends on what the caller sees, and must not decide which budget holds. */
export const accountedModel = ({ provider, name, plugin }: Omit<AskedModel, "isOurs">): AccountedModel => {
  const ofPlugin = `${plugin}:`;
  const own = provider.startsWith(ofPlugin) ? provider.slice(ofPlugin.length) : provider;
  const id = storable(modelId(own, name));
  return { id, fullId: `${ofPlugin}${id}`, plugin };
};

const storable = (name: string): string =>
  name.slice(0, MAX_NAME_LENGTH).replaceAll(UNSTORABLE, "\ufffd").toWellFormed();

/** Servers know models by names in any case, so that no case is a way round a budget. */
export const sameName = (name: string): string => name.trim().toLowerCase();

export const matchesModel = (pattern: string, { id, fullId }: AccountedModel): boolean => {
  const wanted = sameName(pattern);
  const names = [sameName(id), sameName(fullId)];
  return wanted.endsWith("*")
    ? names.some((name) => name.startsWith(wanted.slice(0, -1)))
    : names.includes(wanted);
};

/** The one that says the most of those that match: a name rather than a pattern, and of patterns the longest. */
export const mostExact = <One extends { readonly model: string }>(
  ones: readonly One[],
  model: AccountedModel,
): One | null => {
  const weightOf = ({ model: pattern }: One): number =>
    pattern.endsWith("*") ? pattern.length - 1 : MAX_NAME_LENGTH + pattern.length;
  return ones
    .filter((one) => matchesModel(one.model, model))
    .reduce<One | null>((best, one) => (best === null || weightOf(one) > weightOf(best) ? one : best), null);
};
