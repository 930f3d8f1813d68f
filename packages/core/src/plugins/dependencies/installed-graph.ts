import type { Manifest } from "@patchbay/protocol";
import { isScopeVisible, type Sight } from "../../access/sight.ts";
import type { CatalogStore, PackageVersion } from "../../ports/catalog-store.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation, InstallationStore } from "../../ports/installation-store.ts";
import { type Demand, demandsOf } from "./demand.ts";

export interface InstalledNode {
  readonly installation: Installation;
  readonly manifest: Manifest;
  /** From whoever asks: it counts, and nothing names it. */
  readonly isHidden: boolean;
}

/** Where the graph is read. */
export interface GraphStores {
  readonly installations: Pick<InstallationStore, "list">;
  readonly catalog: Pick<CatalogStore, "listInstalled">;
}

/** What an organization has installed, and who needs whom, for somebody who may not see all of it. */
export class InstalledGraph {
  readonly #nodes: ReadonlyMap<string, InstalledNode>;

  constructor(nodes: readonly InstalledNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.installation.pluginId, node]));
  }

  static async load(
    { installations, catalog }: GraphStores,
    organizationId: string,
    sight: Sight,
  ): Promise<InstalledGraph> {
    const all = await installations.list(organizationId);
    const packages = await catalog.listInstalled(organizationId);
    const nodes = all.flatMap((installation) => {
      const versions = packages.get(installation.pluginId) ?? [];
      const running = versions.find(({ version }) => version === installation.version);
      if (running === undefined) return [];
      return [
        { installation, manifest: running.manifest, isHidden: !isScopeVisible(sight, installation.scope) },
      ];
    });
    return new InstalledGraph(nodes);
  }

  /** The same, which stays so until the transaction of `stores` is over. */
  static async lock(
    stores: Pick<Stores, "installations" | "catalog">,
    organizationId: string,
    sight: Sight,
  ): Promise<InstalledGraph> {
    await stores.installations.lockAll(organizationId);
    return await InstalledGraph.load(stores, organizationId, sight);
  }

  /** As it will be when these plugins have gone over to other versions; those that are not installed are passed over. */
  changedTo(versions: ReadonlyMap<string, Pick<PackageVersion, "version" | "manifest">>): InstalledGraph {
    return new InstalledGraph(
      [...this.#nodes.values()].map((node) => {
        const { version, manifest } = versions.get(node.installation.pluginId) ?? {};
        if (version === undefined || manifest === undefined) return node;
        return { ...node, installation: { ...node.installation, version }, manifest };
      }),
    );
  }

  find(plugin: string): InstalledNode | undefined {
    return this.#nodes.get(plugin);
  }

  /** The wishes of other installed plugins for this one, installed or not. */
  demandsFor(plugin: string): Demand[] {
    return this.dependentsOf(plugin).flatMap(({ manifest, isHidden }) =>
      demandsOf(manifest)
        .filter((demand) => demand.plugin === plugin)
        .map((demand) => (isHidden ? { ...demand, by: null } : demand)),
    );
  }

  /** The installed plugins that need this one. */
  dependentsOf(plugin: string): InstalledNode[] {
    return [...this.#nodes.values()].filter(
      ({ installation, manifest }) =>
        installation.pluginId !== plugin && Object.hasOwn(manifest.dependencies ?? {}, plugin),
    );
  }
}
