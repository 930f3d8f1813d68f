import { PatchbayError } from "@patchbay/protocol";
import type { MemberOf } from "../../access/caller.ts";
import type { Toolset } from "../../ports/toolset-store.ts";
import type { InForce } from "../contributions/in-force.ts";
import type { ContributionInForce } from "../contributions/rules.ts";
import { addressIn, exposedName, mayBeCut, type ToolAddress } from "./tool-names.ts";

/** A tool under the name by which a client calls it. */
export interface OfferedTool extends ToolAddress {
  readonly name: string;
  readonly entry: ContributionInForce<"tools">["entry"];
}

/** Whose tools are offered: those that the caller may use for a project, all of them or the ones of a toolset. */
export interface ToolOffer {
  readonly by: MemberOf;
  /** Slug. */
  readonly project: string | undefined;
  /** null: all tools, under the names of `exposedName`. */
  readonly toolset: Toolset | null;
}

/** The tools that clients list and call by one flat name, as those of the Model Context Protocol do. */
export class OfferedTools {
  readonly #inForce: Pick<InForce, "listUsable">;

  constructor(inForce: Pick<InForce, "listUsable">) {
    this.#inForce = inForce;
  }

  /**
   * All of all plugins by name; those of a toolset in its own order. What the caller may not use is left out. Throws `forbidden`, `organization_not_found`,
   * `project_not_found`.
   */
  async list({ by, project, toolset }: ToolOffer): Promise<readonly OfferedTool[]> {
    const usable = await this.#inForce.listUsable("tools", by, project);
    const tools = usable.map(({ installation, entry }) => {
      const address = { plugin: installation.pluginId, tool: entry.name };
      return { ...address, name: exposedName(address), entry };
    });
    if (toolset === null) return tools.sort((one, other) => (one.name < other.name ? -1 : 1));
    const byName = new Map(tools.map((one) => [one.name, one]));
    return toolset.tools.flatMap((chosen) => {
      const found = byName.get(exposedName(chosen));
      return found === undefined ? [] : [{ ...found, name: nameIn(chosen) }];
    });
  }

  /** Where a call by this name goes; whether the caller may make it is up to the gateway. Throws `tool_not_found`. */
  async find(offer: ToolOffer, name: string): Promise<ToolAddress> {
    const { toolset } = offer;
    const found =
      toolset === null
        ? ((await this.#cut(offer, name)) ?? addressIn(name))
        : toolset.tools.find((one) => nameIn(one) === name);
    if (found) return { plugin: found.plugin, tool: found.tool };
    throw unknownTool(name);
  }

  async #cut(offer: ToolOffer, name: string): Promise<ToolAddress | undefined> {
    if (!mayBeCut(name)) return undefined;
    return (await this.list(offer)).find((one) => one.name === name);
  }
}

/** The name of a tool in its toolset: its own unless it was given another. */
export const nameIn = ({ tool, name }: Toolset["tools"][number]): string => name ?? tool;

const unknownTool = (name: string): PatchbayError =>
  new PatchbayError("tool_not_found", `There is no tool "${name.slice(0, 128)}" here.`);
