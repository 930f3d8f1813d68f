import { checkEngine } from "@patchbay/artifact";
import { PatchbayError } from "@patchbay/protocol";
import type { Authority } from "../../access/authority.ts";
import type { Sight } from "../../access/sight.ts";
import type { CatalogStore, PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireChangeable } from "./checks.ts";
import { demandsOf } from "./demand.ts";
import { type GraphStores, InstalledGraph } from "./installed-graph.ts";
import { type Resolution, type ResolvableVersion, resolve } from "./resolution.ts";

/** Where plans are read from; those of a transaction when the plan is carried out. */
export interface PlanningStores<V extends ResolvableVersion = PackageVersion> extends GraphStores {
  readonly catalog: Pick<CatalogStore, "listInstalled"> & {
    /** Newest first. */
    listVersions(organizationId: string, pluginId: string): Promise<readonly V[]>;
  };
}

export interface Plan<V extends ResolvableVersion = PackageVersion> extends Resolution<V> {
  /** What is installed now, under these ids. */
  readonly graph: InstalledGraph;
}

/**
 * What installing a version of the catalog comes to; the newest without `version`. For those from whom the plugin is hidden, as if it
 * were not installed. Throws `package_not_found`,
 * `already_installed`, `engine_mismatch`, `permission_unavailable` and what `resolve` throws.
 */
export const planInstall = async <V extends ResolvableVersion>(
  stores: PlanningStores<V>,
  authority: Authority,
  wanted: { readonly plugin: string; readonly version?: string },
  patchbayVersion: string,
): Promise<Plan<V>> => {
  const organizationId = authority.organization.id;
  const version = await choose(stores, organizationId, wanted);
  const graph = await InstalledGraph.load(stores, organizationId, authority);
  if (graph.find(wanted.plugin)?.isHidden === false)
    throw new PatchbayError(
      "already_installed",
      `"${wanted.plugin}" is installed already. Use update to change its version.`,
    );
  checkEngine(version.manifest, patchbayVersion);
  const versionsOf = (plugin: string) => stores.catalog.listVersions(organizationId, plugin);
  return { graph, ...(await resolve(version, { installed: graph, patchbayVersion, versionsOf })) };
};

/**
 * What going over to another version comes to: nothing else is ever installed with it. Throws `package_not_found`,
 * `engine_mismatch`, `permission_unavailable` and what `requireChangeable` throws.
 */
export const planChange = async <V extends ResolvableVersion>(
  stores: PlanningStores<V>,
  sight: Sight,
  installation: Installation,
  version: string,
  patchbayVersion: string,
): Promise<Plan<V>> => {
  const { organizationId, pluginId } = installation;
  const wanted = await choose(stores, organizationId, { plugin: pluginId, version });
  const graph = await InstalledGraph.load(stores, organizationId, sight);
  checkEngine(wanted.manifest, patchbayVersion);
  requireChangeable(graph, installation, wanted);
  return { graph, wanted, along: [], demands: demandsOf(wanted.manifest) };
};

const choose = async <V extends ResolvableVersion>(
  { catalog }: PlanningStores<V>,
  organizationId: string,
  { plugin, version }: { readonly plugin: string; readonly version?: string },
): Promise<V> => {
  const versions = await catalog.listVersions(organizationId, plugin);
  const chosen = version === undefined ? versions[0] : versions.find((one) => one.version === version);
  if (chosen !== undefined) return chosen;
  const what = version === undefined ? "no plugin" : `no version ${version} of`;
  throw new PatchbayError("package_not_found", `The catalog has ${what} "${plugin}".`);
};
