import { PatchbayError, type PromptMessage, type ResourceContent, uriVariables } from "@patchbay/protocol";
import type { Completing } from "../content/completions.ts";
import type { PluginPrompts, PromptCall } from "../content/plugin-prompts.ts";
import type { PluginResources } from "../content/plugin-resources.ts";
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
    const { by, toolset } = offer;
    for (const { plugin, own } of placesOf(offer, uri)) {
      const call = { plugin, uri: own, signal, ...fromClient(offer) };
      const contents = await this.#resources.read(by, call).catch(unlessMissing);
      if (contents === null) continue;
      return toolset === null ? contents.map((one) => ({ ...one, uri: ownUri(plugin, one.uri) })) : contents;
    }
    throw noResource(uri);
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
    for (const { plugin, own } of placesOf(offer, template)) {
      const call = { plugin, uri: own, signal, ...fromClient(offer) };
      const values = await this.#resources.complete(offer.by, call, completing).catch(unlessMissing);
      if (values !== null) return values;
    }
    throw noResource(template);
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

/** Where an address of a client's may stand: which plugin has it, as what. */
const placesOf = (
  { toolset }: ToolOffer,
  uri: string,
): readonly { readonly plugin: string; readonly own: string }[] => {
  if (toolset !== null) return [...pluginsOf(toolset)].map((plugin) => ({ plugin, own: uri }));
  const [, plugin, own] = OWN_URI.exec(uri) ?? [];
  return plugin === undefined || own === undefined ? [] : [{ plugin, own }];
};

const ownUri = (plugin: string, uri: string): string => `patchbay://${plugin}/${uri}`;

/** What calls of clients have in common. */
const fromClient = ({ project }: ToolOffer) =>
  ({ surface: "mcp", ...(project !== undefined && { project }) }) as const;

/** null for what this plugin does not have. */
const unlessMissing = (error: unknown): null => {
  if (error instanceof PatchbayError && error.code === "resource_not_found") return null;
  throw error;
};

const noResource = (uri: string): PatchbayError =>
  new PatchbayError("resource_not_found", `There is nothing for you at "${uri.slice(0, 200)}".`);
