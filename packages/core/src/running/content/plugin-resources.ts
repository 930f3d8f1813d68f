import { type ContentAsk, matchUri, PatchbayError, ResourceContent } from "@patchbay/protocol";
import Type from "typebox";
import type { Asker } from "../../access/caller.ts";
import type { InForce } from "../contributions/in-force.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import type { Invocation, InvocationGateway } from "../invocation/invocation-gateway.ts";
import { type Completing, readCompletions } from "./completions.ts";
import { answerReader } from "./content-answer.ts";

const MAX_PARTS = 200;

/** An address among those of a plugin, for a project, as long as somebody waits. */
export interface ResourceCall extends Pick<Invocation, "plugin" | "project" | "signal" | "surface"> {
  /** To complete a variable: the template. */
  readonly uri: string;
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
    for (const { entry } of await this.#listOf(by, call)) {
      const variables = matchUri(entry.uri, call.uri);
      if (variables !== null)
        return readContents(await this.#ask(by, call, entry.name, { ask: "read", uri: call.uri, variables }));
    }
    throw notFound(call);
  }

  /** What a variable of a template could be: nothing where the plugin does not say. Throws `resource_not_found`, and as a call does. */
  async complete(by: Asker, call: ResourceCall, completing: Completing): Promise<readonly string[]> {
    const found = (await this.#listOf(by, call)).find(({ entry }) => entry.uri === call.uri);
    if (found === undefined) throw notFound(call);
    return readCompletions(await this.#ask(by, call, found.entry.name, { ask: "complete", ...completing }));
  }

  async #listOf(by: Asker, { plugin, project }: ResourceCall) {
    const all = await this.list(by, project);
    return all.filter(({ installation }) => installation.pluginId === plugin);
  }

  async #ask(by: Asker, { plugin, project, signal, surface }: ResourceCall, name: string, ask: ContentAsk) {
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

const notFound = ({ plugin, uri }: ResourceCall): PatchbayError =>
  new PatchbayError("resource_not_found", `"${plugin}" has nothing for you at "${uri.slice(0, 200)}".`);

const readContents = answerReader(
  Type.Array(ResourceContent, { maxItems: MAX_PARTS }),
  "content of a resource",
);
