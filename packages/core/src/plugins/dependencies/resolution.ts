import { checkEngine } from "@patchbay/artifact";
import { MAX_PLUGINS_ALONG, MAX_RESOLUTION_STEPS, PatchbayError } from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import { asFacts, type Demand, demandsOf, inWords, isMetBy, isOfferedBy, wanting } from "./demand.ts";
import type { InstalledGraph, InstalledNode } from "./installed-graph.ts";
import { inOrder } from "./order.ts";

/** As much of a version as decides what goes together: one of the catalog, or one that can be had elsewhere. */
export type ResolvableVersion = Pick<PackageVersion, "pluginId" | "version" | "manifest">;

/** Where versions come from, and what they have to fit. */
export interface Surroundings<V extends ResolvableVersion = PackageVersion> {
  readonly installed: InstalledGraph;
  readonly patchbayVersion: string;
  /** All versions that can be installed, newest first; none when there is no such plugin. */
  versionsOf(plugin: string): Promise<readonly V[]>;
}

/** What has to be installed so that a version can be. */
export interface Resolution<V extends ResolvableVersion = PackageVersion> {
  readonly wanted: V;
  /** Further plugins, each after those that it needs itself. */
  readonly along: readonly V[];
  /** Who of `wanted` and `along` wants what: of those and of installed plugins. */
  readonly demands: readonly Demand[];
}

/**
 * Finds one version of everything that `wanted` needs and that is not installed: the newest ones that suit all who want
 * them. What is installed stays as it is. Throws `dependency_missing`, `dependency_conflict` or `dependency_cycle`, with
 * the names of those who want what.
 */
export const resolve = async <V extends ResolvableVersion>(
  wanted: V,
  surroundings: Surroundings<V>,
): Promise<Resolution<V>> => {
  const search = new Search(surroundings);
  const chosen = await search.run(wanted);
  const manifestOf = (id: string) => chosen.get(id)?.manifest ?? surroundings.installed.find(id)?.manifest;
  const along = inOrder(wanted.pluginId, manifestOf)
    .map((id) => chosen.get(id))
    .filter((one) => one !== undefined && one !== wanted) as V[];
  const demands = [...along, wanted].flatMap(({ manifest }) => demandsOf(manifest));
  return { wanted, along, demands };
};

type Chosen<V> = ReadonlyMap<string, V>;

/** Tries the newest versions first and goes back where they do not go together. */
class Search<V extends ResolvableVersion> {
  readonly #around: Surroundings<V>;
  readonly #versions = new Map<string, readonly V[]>();
  /** The first thing that did not work out: of the newest versions, which is what people expect to get. */
  #reason: PatchbayError | undefined;
  #steps = 0;

  constructor(around: Surroundings<V>) {
    this.#around = around;
  }

  async run(wanted: V): Promise<Chosen<V>> {
    const { pluginId, version } = wanted;
    const standing = this.#wanting(pluginId, []);
    if (standing.some((demand) => !isMetBy(demand, version)))
      throw conflictOf(pluginId, standing, { version, isInstalled: false });
    const chosen = await this.#choose(wanted, new Map(), []);
    if (chosen !== null) return chosen;
    throw this.#reason ?? tooIntricate(wanted);
  }

  /** Goes on with this version, if nothing that is known speaks against it. */
  async #choose(version: V, before: Chosen<V>, demands: readonly Demand[]): Promise<Chosen<V> | null> {
    this.#steps += 1;
    if (this.#steps > MAX_RESOLUTION_STEPS || before.size > MAX_PLUGINS_ALONG) throw tooIntricate(version);
    const chosen = new Map(before).set(version.pluginId, version);
    const all = [...demands, ...demandsOf(version.manifest)];
    const broken = all.find((demand) => {
      const present = this.#versionOf(demand.plugin, chosen);
      return present !== undefined && !isMetBy(demand, present);
    });
    if (broken !== undefined) return this.#fail(() => this.#conflict(broken.plugin, all, chosen));
    return await this.#complete(chosen, all);
  }

  async #complete(chosen: Chosen<V>, demands: readonly Demand[]): Promise<Chosen<V> | null> {
    const open = demands.find(({ plugin }) => this.#versionOf(plugin, chosen) === undefined);
    if (open === undefined) return chosen;
    const wanting = this.#wanting(open.plugin, demands);
    const versions = await this.#versionsOf(open.plugin);
    const fitting = versions.filter(({ version }) => wanting.every((demand) => isOfferedBy(demand, version)));
    if (fitting.length === 0) return this.#fail(() => this.#nothingFits(open, wanting, versions));
    for (const candidate of fitting) {
      const fault = this.#engineFault(candidate);
      if (fault !== null) this.#fail(() => fault);
      else {
        const solved = await this.#choose(candidate, chosen, demands);
        if (solved !== null) return solved;
      }
    }
    return null;
  }

  /** Those who have a say in which version of `plugin` it is; installed plugins that are not chosen anew included. */
  #wanting(plugin: string, demands: readonly Demand[]): readonly Demand[] {
    const standing = this.#around.installed.demandsFor(plugin);
    return [...standing, ...demands.filter((demand) => demand.plugin === plugin)];
  }

  #versionOf(plugin: string, chosen: Chosen<V>): string | undefined {
    return chosen.get(plugin)?.version ?? this.#around.installed.find(plugin)?.installation.version;
  }

  async #versionsOf(plugin: string): Promise<readonly V[]> {
    const known = this.#versions.get(plugin) ?? (await this.#around.versionsOf(plugin));
    this.#versions.set(plugin, known);
    return known;
  }

  #engineFault({ manifest }: V): PatchbayError | null {
    try {
      checkEngine(manifest, this.#around.patchbayVersion);
      return null;
    } catch (error) {
      if (error instanceof PatchbayError) return error;
      throw error;
    }
  }

  #fail(reason: () => PatchbayError): null {
    this.#reason ??= reason();
    return null;
  }

  #nothingFits(open: Demand, wanting: readonly Demand[], versions: readonly V[]): PatchbayError {
    const alone = versions.some(({ version }) => isOfferedBy(open, version));
    return alone
      ? conflictOf(open.plugin, wanting, null)
      : missingOf(
          [open],
          versions.map(({ version }) => version),
        );
  }

  #conflict(plugin: string, demands: readonly Demand[], chosen: Chosen<V>): PatchbayError {
    const wanting = this.#wanting(plugin, demands);
    const installed = chosen.has(plugin) ? undefined : this.#around.installed.find(plugin);
    if (installed !== undefined) return installedConflictOf(installed, wanting);
    return conflictOf(plugin, wanting, {
      version: this.#versionOf(plugin, chosen) ?? "",
      isInstalled: false,
    });
  }
}

/** Nothing in the catalog fits those who ask. `available` are the versions that there are. */
export const missingOf = (demands: readonly Demand[], available: readonly string[]): PatchbayError => {
  const what = demands.map(({ by, plugin, range }) => `${wanting(by)} needs ${plugin} ${range}`);
  const found =
    available.length === 0
      ? "which is neither installed nor in the catalog"
      : `of which the catalog has ${available.slice(0, 5).join(", ")} only`;
  return new PatchbayError("dependency_missing", `${what.join(", ")}, ${found}.`, {
    facts: {
      missing: demands.map(({ by, plugin, range }) => ({
        plugin,
        range,
        by: by?.plugin ?? null,
        available: [...available],
      })),
    },
  });
};

/** What is installed does not suit all of `demands`; of one that is hidden no more is said. */
export const installedConflictOf = (
  { installation: { pluginId, version }, isHidden }: InstalledNode,
  demands: readonly Demand[],
): PatchbayError => {
  if (!isHidden) return conflictOf(pluginId, demands, { version, isInstalled: true });
  return new PatchbayError(
    "dependency_conflict",
    `No version of "${pluginId}" can be had here that suits all who want it: ${inWords(demands)}. Ask an owner or administrator.`,
    { facts: { conflicts: [{ plugin: pluginId, version: null, wanted: asFacts(demands) }] } },
  );
};

/** No version suits all of `demands`; `present` is the one that is installed or chosen. */
export const conflictOf = (
  plugin: string,
  demands: readonly Demand[],
  present: { readonly version: string; readonly isInstalled: boolean } | null,
): PatchbayError => {
  const unmet = present === null ? demands : demands.filter((demand) => !isMetBy(demand, present.version));
  const detail =
    present === null
      ? `No version of "${plugin}" suits all who want it: ${inWords(demands)}.`
      : present.isInstalled
        ? `${present.version} of "${plugin}" is installed, but ${inWords(unmet)}. Change its version first.`
        : `Version ${present.version} of "${plugin}" does not suit all who want it: ${inWords(unmet)}.`;
  return new PatchbayError("dependency_conflict", detail, {
    facts: { conflicts: [{ plugin, version: present?.version ?? null, wanted: asFacts(demands) }] },
  });
};

const tooIntricate = ({ pluginId, version }: ResolvableVersion): PatchbayError =>
  new PatchbayError(
    "dependency_conflict",
    `What "${pluginId}" ${version} needs goes too far: more than ${MAX_PLUGINS_ALONG} plugins, or too many ways to choose them. Install some of them by themselves first.`,
    { facts: { conflicts: [] } },
  );
