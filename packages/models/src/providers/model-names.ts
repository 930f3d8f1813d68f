import { type Contribution, PatchbayError } from "@patchbay/protocol";

/** A provider as it is found in an organization. */
export interface FoundProvider {
  /** The plugin's id. */
  readonly plugin: string;
  readonly entry: Contribution<"models">;
}

/** Between a provider and the model's own name, which may have more of them. */
const SEPARATOR = "/";
/** Between a plugin and its provider, where two plugins have one of the same name. */
const OF_PLUGIN = ":";

export interface ModelAddress {
  readonly provider: string;
  /** As the provider knows it. */
  readonly name: string;
}

/** `provider/model`, or `plugin:provider/model`; null for a name without a provider, or without a model. */
export const addressOf = (model: string): ModelAddress | null => {
  const at = model.indexOf(SEPARATOR);
  return at <= 0 || at === model.length - 1
    ? null
    : { provider: model.slice(0, at), name: model.slice(at + 1) };
};

/** The name by which a provider is meant and no other: its own, or with its plugin where another has the same. */
export const nameIn = (providers: readonly FoundProvider[], { plugin, entry }: FoundProvider): string => {
  const isAlone = providers.every((one) => one.entry.name !== entry.name || one.plugin === plugin);
  return isAlone ? entry.name : `${plugin}${OF_PLUGIN}${entry.name}`;
};

/** Whether the name may mean the provider. */
export const isNamed = ({ plugin, entry }: FoundProvider, name: string): boolean =>
  entry.name === name || `${plugin}${OF_PLUGIN}${entry.name}` === name;

/** Throws `model_not_found` where there is no provider of the name, and `invalid_request` where there are several. */
export const providerNamed = <P extends FoundProvider>(providers: readonly P[], name: string): P => {
  const [found, ...more] = providers.filter((provider) => isNamed(provider, name));
  if (found === undefined) {
    const names = providers.map((one) => nameIn(providers, one)).join(", ");
    throw new PatchbayError(
      "model_not_found",
      `There is no model provider "${name.slice(0, 128)}" here; there is ${names || "none"}.`,
    );
  }
  if (more.length === 0) return found;
  const names = [found, ...more].map((one) => nameIn(providers, one)).join(" or ");
  throw new PatchbayError(
    "invalid_request",
    `Several plugins have a model provider "${name}": say ${names}.`,
  );
};

export const modelId = (provider: string, name: string): string => `${provider}${SEPARATOR}${name}`;
