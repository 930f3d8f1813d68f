import type { LockedPluginDto, LockFileDto, Manifest, PatchbayError } from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { StoredSettings } from "../../ports/settings-store.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import { toLockedSettings } from "./lock-settings.ts";

/** An installed plugin with all that a lock file says about one. */
export interface PresentPlugin {
  readonly installation: Installation;
  readonly package: PackageVersion;
  /** Levels of settings that were set. */
  readonly levels: readonly StoredSettings[];
}

export type PresentPlugins = ReadonlyMap<string, PresentPlugin>;

/** What an organization has installed now, by plugin id. */
export const readPresent = async (database: Database, organizationId: string): Promise<PresentPlugins> => {
  const [installations, packages] = await Promise.all([
    database.installations.list(organizationId),
    database.catalog.listInstalled(organizationId),
  ]);
  const plugins = await Promise.all(
    installations.map(async (installation): Promise<[string, PresentPlugin][]> => {
      const { id, pluginId, version } = installation;
      const running = packages.get(pluginId)?.find((one) => one.version === version);
      if (running === undefined) return [];
      return [[pluginId, { installation, package: running, levels: await database.settings.list(id) }]];
    }),
  );
  return new Map(plugins.flat());
};

/** The lock file that describes it, in a fixed order: the same state makes the same file. */
export const toLockFile = (present: PresentPlugins): LockFileDto => {
  const ids = [...present.keys()].sort();
  const plugins = ids.flatMap((id): [string, LockedPluginDto][] => {
    const plugin = present.get(id);
    return plugin === undefined ? [] : [[id, toLockedPlugin(plugin)]];
  });
  return { lockfileVersion: 1, plugins: Object.fromEntries(plugins) };
};

/** Whether it is to run: what is on its way there, or failed on it, is. */
export const isWantedOn = ({ state }: Installation): boolean => state !== "disabled" && state !== "blocked";

const toLockedPlugin = ({ installation, package: chosen, levels }: PresentPlugin): LockedPluginDto => {
  const { pluginId, version, source, grants, scope } = installation;
  const locked = levels.map((level) => ({
    project: level.project,
    values: sorted(toLockedSettings(pluginId, level)),
  }));
  const organization = locked.find(({ project }) => project === null)?.values ?? {};
  const projects = locked
    .flatMap(({ project, values }): [string, JsonObject][] =>
      project === null || Object.keys(values).length === 0 ? [] : [[project, values]],
    )
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    version,
    digest: chosen.digest,
    source,
    enabled: isWantedOn(installation),
    grants: grants as LockedPluginDto["grants"],
    scope: scope as LockedPluginDto["scope"],
    ...(Object.keys(organization).length > 0 && { settings: organization }),
    ...(projects.length > 0 && { projects: Object.fromEntries(projects) }),
  };
};

const sorted = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));

/** The version that a lock file names, as far as it is known before anything is fetched. */
export type LockedPackage = Pick<PackageVersion, "pluginId" | "version" | "digest" | "source" | "badge"> & {
  readonly manifest: Manifest;
  /** Why it may be neither installed nor enabled, by its signature or because a marketplace blocks it; null when it may. */
  readonly unfit: PatchbayError | null;
};
