import { PatchbayError, type PromptMessage, type ResourceContent, uriVariables } from "@patchbay/protocol";
import type { Completing } from "../content/completions.ts";
import type { PluginPrompts, PromptCall } from "../content/plugin-prompts.ts";
import type { PluginResources, ResourcePlace } from "../content/plugin-resources.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import type { ToolOffer } from "./offered-tools.ts";
import { addressIn, exposedName, mayBeCut } from "./tool-names.ts";

/** A prompt under the name by which a client asks for it. */
export interface OfferedPrompt {
  readonly name: string;
  readonly plugin: string;
  readonly entry: ContributionInForce<"prompts">["entry"];
}

/** A resource, or many by a template, under the address at which a client reads it. */
export interface OfferedResource {
  readonly uri: string;
  readonly isTemplate: boolean;
  readonly plugin: string;
  readonly entry: ContributionInForce<"resources">["entry"];
}

const OWN_URI = /^patchbay:\/\/([a-z0-9-]+\.[a-z0-9-]+)\/(.+)$/s;

/**
 * Prompts and resources that clients list: of all plugins, under names and addresses in which the plugin stands, since nobody may claim what
 * is another's; or of the plugins that a toolset names, as their authors call them, where the first that the toolset names comes before others.
 */
export class OfferedContent {
  readonly #prompts: PluginPrompts;
  readonly #resources: PluginResources;

  constructor(prompts: PluginPrompts, resources: PluginResources) {
    this.#prompts = prompts;
    this.#resources = resources;
  }

  /** Throws `forbidden`, `organization_not_found`, `project_not_found`. */
  async listPrompts({ by, project, toolset }: ToolOffer): Promise<readonly OfferedPrompt[]> {
    const usable = await this.#prompts.list(by, project);
    return offered(usable, toolset, ({ installation, entry }) => {
      const plugin = installation.pluginId;
      const name = toolset === null ? exposedName({ plugin, tool: entry.name }) : entry.name;
      return { key: name, one: { name, plugin, entry } };
    });
  }

  /** Which plugin has a prompt, as what. Throws `prompt_not_found`. */
  async findPrompt(offer: ToolOffer, name: string): Promise<Pick<PromptCall, "plugin" | "name">> {
    const address = offer.toolset === null && !mayBeCut(name) ? addressIn(name) : null;
    if (address !== null) return { plugin: address.plugin, name: address.tool };
    const found = (await this.listPrompts(offer)).find((one) => one.name === name);
    if (found !== undefined) return { plugin: found.plugin, name: found.entry.name };
    throw new PatchbayError("prompt_not_found", `There is no prompt "${name.slice(0, 128)}" here.`);
  }

  /** Throws as `PluginPrompts.get` does. */
  async getPrompt(
    offer: ToolOffer,
    { plugin, name }: Pick<PromptCall, "plugin" | "name">,
    args: Readonly<Record<string, string>>,
    asked: Pick<PromptCall, "signal" | "asks">,
  ): Promise<readonly PromptMessage[]> {
    return await this.#prompts.get(offer.by, { plugin, name, ...asked, ...fromClient(offer) }, args);
  }

  /** Throws `forbidden`, `organization_not_found`, `project_not_found`. */
  async listResources({ by, project, toolset }: ToolOffer): Promise<readonly OfferedResource[]> {
    const usable = await this.#resources.list(by, project);
    return offered(usable, toolset, ({ installation, entry }) => {
      const plugin = installation.pluginId;
      const uri = toolset === null ? ownUri(plugin, entry.uri) : entry.uri;
      return { key: uri, one: { uri, isTemplate: uriVariables(entry.uri).length > 0, plugin, entry } };
    });
  }

  /** What stands at an address, with addresses at which the client finds it. Throws `resource_not_found`, and as a call does. */
  async readResource(
    offer: ToolOffer,
    uri: string,
    signal: AbortSignal,
  ): Promise<readonly ResourceContent[]> {
    if (offer.toolset !== null) {
      const places = placesIn(offer.toolset, uri);
      return await this.#resources.read(offer.by, { places, signal, ...fromClient(offer) });
    }
    const place = ownPlace(uri);
    const contents = await this.#resources.read(offer.by, { places: [place], signal, ...fromClient(offer) });
    return contents.map((one) => ({ ...one, uri: ownUri(place.plugin, one.uri) }));
  }

  /** What an argument of a prompt could be. Throws `prompt_not_found`, and as a call does. */
  async completePrompt(
    offer: ToolOffer,
    name: string,
    completing: Completing,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const call = { ...(await this.findPrompt(offer, name)), signal, ...fromClient(offer) };
    return await this.#prompts.complete(offer.by, call, completing);
  }

  /** What a variable of a template could be. Throws as `readResource` does. */
  async completeResource(
    offer: ToolOffer,
    template: string,
    completing: Completing,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const places = offer.toolset === null ? [ownPlace(template)] : placesIn(offer.toolset, template);
    return await this.#resources.complete(offer.by, { places, signal, ...fromClient(offer) }, completing);
  }
}

/** Those of the plugins that are offered, each key once, in a fixed order. */
const offered = <C extends ContributionInForce<"prompts" | "resources">, T>(
  usable: readonly C[],
  toolset: ToolOffer["toolset"],
  name: (contribution: C) => { readonly key: string; readonly one: T },
): readonly T[] => {
  const found = new Map<string, T>();
  const add = (contributions: readonly C[] = []): void => {
    for (const { key, one } of contributions.map(name)) if (!found.has(key)) found.set(key, one);
  };
  if (toolset === null) add(usable);
  else {
    const byPlugin = Map.groupBy(usable, ({ installation }) => installation.pluginId);
    for (const plugin of pluginsOf(toolset)) add(byPlugin.get(plugin));
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
};

const pluginsOf = ({ tools }: NonNullable<ToolOffer["toolset"]>): ReadonlySet<string> =>
  new Set(tools.map(({ plugin }) => plugin));

/** Where an address may stand that a client of a toolset knows as the plugin's author has written it. */
const placesIn = (toolset: NonNullable<ToolOffer["toolset"]>, uri: string): readonly ResourcePlace[] =>
  [...pluginsOf(toolset)].map((plugin) => ({ plugin, uri }));

/** What stands at an address that has the plugin in it. Throws `resource_not_found`. */
const ownPlace = (address: string): ResourcePlace => {
  const [, plugin, uri] = OWN_URI.exec(address) ?? [];
  if (plugin !== undefined && uri !== undefined) return { plugin, uri };
  throw new PatchbayError("resource_not_found", `There is nothing for you at "${address.slice(0, 200)}".`);
};

const ownUri = (plugin: string, uri: string): string => `patchbay://${plugin}/${uri}`;

/** What calls of clients have in common. */
const fromClient = ({ project }: ToolOffer) =>
  ({ surface: "mcp", ...(project !== undefined && { project }) }) as const;
