import { type ContentAsk, matchUri, PatchbayError, ResourceContent } from "@patchbay/protocol";
import Type from "typebox";
import type { Asker } from "../../access/caller.ts";
import type { InForce } from "../contributions/in-force.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import type { Invocation, InvocationGateway } from "../invocation/invocation-gateway.ts";
import { type Completing, readCompletions } from "./completions.ts";
import { answerReader } from "./content-answer.ts";

const MAX_PARTS = 200;

/** An address of a plugin's own; to complete a variable, the template. */
export interface ResourcePlace {
  readonly plugin: string;
  readonly uri: string;
}

/** The first of these places that has something, for a project, as long as somebody waits. */
export interface ResourceCall extends Pick<Invocation, "project" | "signal" | "surface"> {
  readonly places: readonly ResourcePlace[];
}

/** What plugins have to read at addresses of their own: who has what, and what stands there. Two plugins may use the same address. */
export class PluginResources {
  readonly #gateway: Pick<InvocationGateway, "call">;
  readonly #inForce: Pick<InForce, "listUsable">;

  constructor(gateway: Pick<InvocationGateway, "call">, inForce: Pick<InForce, "listUsable">) {
    this.#gateway = gateway;
    this.#inForce = inForce;
  }

  /**
   * All that somebody can use: addresses, and templates of them. The one of a server's plugin is for Patchbay's own look at what nobody
   * has approved yet, and for nobody else. Throws as `InForce.listUsable` does.
   */
  async list(by: Asker, project: string | undefined): Promise<ContributionInForce<"resources">[]> {
    const usable = await this.#inForce.listUsable("resources", by, project);
    return usable.filter(({ installation }) => installation.source !== "bridge");
  }

  /** What stands at an address. Throws `resource_not_found`, and as a call does. */
  async read(by: Asker, call: ResourceCall): Promise<readonly ResourceContent[]> {
    return await this.#first(by, call, async (place, entries) => {
      for (const { name, uri } of entries) {
        const variables = matchUri(uri, place.uri);
        if (variables === null) continue;
        const ask = { ask: "read", uri: place.uri, variables } as const;
        return readContents(await this.#ask(by, call, { plugin: place.plugin, name, ask }));
      }
      return null;
    });
  }

  /** What a variable of a template could be: nothing where the plugin does not say. Throws `resource_not_found`, and as a call does. */
  async complete(by: Asker, call: ResourceCall, completing: Completing): Promise<readonly string[]> {
    return await this.#first(by, call, async ({ plugin, uri }, entries) => {
      const found = entries.find((entry) => entry.uri === uri);
      if (found === undefined) return null;
      const ask = { ask: "complete", ...completing } as const;
      return readCompletions(await this.#ask(by, call, { plugin, name: found.name, ask }));
    });
  }

  /** What `ask` finds first, which is null or refused with `resource_not_found` where a place has nothing. */
  async #first<T>(
    by: Asker,
    { places, project }: ResourceCall,
    ask: (place: ResourcePlace, entries: readonly ResourceEntry[]) => Promise<T | null>,
  ): Promise<T> {
    const usable = Map.groupBy(await this.list(by, project), ({ installation }) => installation.pluginId);
    for (const place of places) {
      const entries = (usable.get(place.plugin) ?? []).map(({ entry }) => entry);
      const found = await ask(place, entries).catch(unlessMissing);
      if (found !== null) return found;
    }
    const at = places.map(({ uri }) => uri.slice(0, 200))[0] ?? "";
    throw new PatchbayError("resource_not_found", `There is nothing for you at "${at}".`);
  }

  async #ask(
    by: Asker,
    { project, signal, surface }: ResourceCall,
    { plugin, name, ask }: { readonly plugin: string; readonly name: string; readonly ask: ContentAsk },
  ) {
    return await this.#gateway.call(by, {
      kind: "resources",
      plugin,
      name,
      input: ask,
      surface,
      ...(project !== undefined && { project }),
      ...(signal && { signal }),
    });
  }
}

type ResourceEntry = ContributionInForce<"resources">["entry"];

const unlessMissing = (error: unknown): null => {
  if (error instanceof PatchbayError && error.code === "resource_not_found") return null;
  throw error;
};

const readContents = answerReader(
  Type.Array(ResourceContent, { maxItems: MAX_PARTS }),
  "content of a resource",
);
