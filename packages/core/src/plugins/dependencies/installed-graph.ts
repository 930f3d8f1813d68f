import type { Manifest } from "@patchbay/protocol";
import type { CatalogStore, PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation, InstallationStore } from "../../ports/installation-store.ts";
import { type Demand, demandsOf } from "./demand.ts";

export interface InstalledNode {
  readonly installation: Installation;
  readonly manifest: Manifest;
}

/** Where the graph is read. */
export interface GraphStores {
  readonly installations: Pick<InstallationStore, "list">;
  readonly catalog: Pick<CatalogStore, "listInstalled">;
}

/** What an organization has installed, and who needs whom. */
export class InstalledGraph {
  readonly #nodes: ReadonlyMap<string, InstalledNode>;

  constructor(nodes: readonly InstalledNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.installation.pluginId, node]));
  }

  static async load(
    { installations, catalog }: GraphStores,
    organizationId: string,
  ): Promise<InstalledGraph> {
    const all = await installations.list(organizationId);
    const packages = await catalog.listInstalled(organizationId);
    const nodes = all.flatMap((installation) => {
      const versions = packages.get(installation.pluginId) ?? [];
      const running = versions.find(({ version }) => version === installation.version);
      return running === undefined ? [] : [{ installation, manifest: running.manifest }];
    });
    return new InstalledGraph(nodes);
  }

  /** As it will be when these plugins have gone over to other versions; those that are not installed are passed over. */
  changedTo(versions: ReadonlyMap<string, Pick<PackageVersion, "version" | "manifest">>): InstalledGraph {
    return new InstalledGraph(
      [...this.#nodes.values()].map((node) => {
        const { version, manifest } = versions.get(node.installation.pluginId) ?? {};
        if (version === undefined || manifest === undefined) return node;
        return { installation: { ...node.installation, version }, manifest };
      }),
    );
  }

  find(plugin: string): InstalledNode | undefined {
    return this.#nodes.get(plugin);
  }

  /** The wishes of other installed plugins for this one, installed or not. */
  demandsFor(plugin: string): Demand[] {
    return [...this.#nodes.values()]
      .filter(({ installation }) => installation.pluginId !== plugin)
      .flatMap(({ manifest }) => demandsOf(manifest))
      .filter((demand) => demand.plugin === plugin);
  }

  /** The installed plugins that need this one. */
  dependentsOf(plugin: string): InstalledNode[] {
    return this.demandsFor(plugin).flatMap(({ by }) => this.#nodes.get(by) ?? []);
  }
}
