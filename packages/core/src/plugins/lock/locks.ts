import {
  type Grant,
  type LockedPluginDto,
  type LockFileDto,
  PatchbayError,
  SECRET_HOSTS,
  type SecretHosts,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireScope } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { visibleOf } from "../../access/sight.ts";
import type { OrganizationPolicy } from "../../model/policy.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { InstallationContext } from "../installations/installation-context.ts";
import type { InstallationSetup } from "../installations/installation-setup.ts";
import type { Installer } from "../installations/installer.ts";
import type { Switching } from "../installations/switching.ts";
import type { VersionChanges } from "../installations/version-changes.ts";
import type { AvailableVersion } from "../sources/offered-version.ts";
import { type LockPlan, planLock } from "./lock-plan.ts";
import {
  type LockedPackage,
  type PresentPlugin,
  type PresentPlugins,
  readPresent,
  toLockFile,
} from "./lock-state.ts";
import { describeChange, type PlannedChange, type SettingsPatch } from "./planned-change.ts";

export interface LockRequest {
  readonly lock: LockFileDto;
  /** Values of secrets by the names that the file gives them. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Uninstall what the file does not name. */
  readonly prune?: boolean;
}

/** A file may name thousands of plugins, and each that is not here is asked for at the marketplaces. */
const LOOKED_UP_AT_ONCE = 16;

/** Writes down which plugins an organization has and how they are set up, and makes it so again. */
export class Locks {
  readonly #context: InstallationContext;
  readonly #installer: Installer;
  readonly #switching: Switching;
  readonly #versions: VersionChanges;
  readonly #configuration: InstallationSetup;

  constructor(parts: {
    context: InstallationContext;
    installer: Installer;
    switching: Switching;
    versions: VersionChanges;
    configuration: InstallationSetup;
  }) {
    this.#context = parts.context;
    this.#installer = parts.installer;
    this.#switching = parts.switching;
    this.#versions = parts.versions;
    this.#configuration = parts.configuration;
  }

  /** The organization as it is. Needs `org.plugins.write` for all projects, since part of it would be a lie. */
  async read(principal: Principal, slug: string): Promise<LockFileDto> {
    return toLockFile(await this.#present(authorizeAll(principal, slug)));
  }

  /** What applying the file would change, and why parts of it cannot be; nothing is changed. */
  async plan(principal: Principal, slug: string, request: LockRequest): Promise<LockPlan> {
    return await this.#plan(authorizeAll(principal, slug), request);
  }

  /**
   * Makes it so, plugin by plugin in the order of their dependencies, and comes back with what was changed. Throws
   * `lock_blocked` (with `changes`) and changes nothing when a part of it cannot be done. When one change fails, those before
   * it stay and the error is thrown; applying the file again goes on from there.
   */
  async apply(principal: Principal, slug: string, request: LockRequest): Promise<LockPlan> {
    const authority = authorizeAll(principal, slug);
    const plan = await this.#plan(authority, request);
    const stops = plan.changes.filter(({ blocked }) => blocked !== undefined);
    if (stops.length > 0) throw blocked(plan, stops);
    for (const change of plan.changes) await this.#make(authority, slug, request, plan, change);
    return plan;
  }

  async #plan(
    authority: MemberAuthority,
    { lock, secrets = {}, prune = false }: LockRequest,
  ): Promise<LockPlan> {
    const { database, settings, world } = this.#context;
    const { id } = authority.organization;
    const [present, projects, packages, rules] = await Promise.all([
      this.#present(authority),
      database.organizations.listProjects(id),
      this.#packagesOf(authority, lock),
      database.autoUpdates.findRules(id),
    ]);
    return planLock({
      authority,
      lock,
      present,
      packages,
      secrets,
      prune,
      pins: rules?.plugins ?? {},
      projects: new Set(projects.map((project) => project.slug)),
      currentSecret: ({ installation, levels }: PresentPlugin, project, pointer) => {
        const stored = levels.find((level) => level.project === project)?.secrets[pointer];
        if (stored === undefined) return undefined;
        return settings.reveal(installation.id, { pointer, project, stored });
      },
      patchbayVersion: world.patchbayVersion,
    });
  }

  /** Throws `forbidden` when some plugins are hidden from the caller: the file would have to name them, or be a lie. */
  async #present(authority: MemberAuthority): Promise<PresentPlugins> {
    const present = await readPresent(this.#context.database, authority.organization.id);
    const all = [...present.values()].map(({ installation }) => installation);
    if (visibleOf(authority, all).length === all.length) return present;
    throw new PatchbayError(
      "forbidden",
      "A lock file has every plugin of the organization, and some apply to projects that you do not belong to. Ask an owner or administrator.",
    );
  }

  async #packagesOf(authority: MemberAuthority, lock: LockFileDto) {
    const found = new Map<string, LockedPackage | PatchbayError>();
    const left = Object.entries(lock.plugins)[Symbol.iterator]();
    const lookUp = async () => {
      for (const [plugin, wanted] of left)
        found.set(plugin, await this.#packageOf(authority, plugin, wanted));
    };
    await Promise.all(Array.from({ length: LOOKED_UP_AT_ONCE }, lookUp));
    return found;
  }

  /** From the catalog, or as a marketplace promises it; nothing is fetched yet. */
  async #packageOf(
    { organization: { id }, policy }: MemberAuthority,
    plugin: string,
    { version, digest }: LockedPluginDto,
  ): Promise<LockedPackage | PatchbayError> {
    const { database, sourcing } = this.#context;
    try {
      const here = await database.catalog.findVersion(id, plugin, version);
      const versions =
        here === null ? await sourcing.versions(id, plugin, { named: version, scope: "any" }) : [here];
      const found = versions.find((one) => one.version === version);
      if (found === undefined)
        return new PatchbayError("package_not_found", `Version ${version} of "${plugin}" is not to be had.`);
      // Of some places the content is known only once it is here.
      if (found.digest !== null && found.digest !== digest) return otherContent(plugin, version);
      return { ...found, digest, unfit: await this.#unfitness(found, here, policy) };
    } catch (error) {
      if (error instanceof PatchbayError) return error;
      throw error;
    }
  }

  async #unfitness(
    found: AvailableVersion,
    here: PackageVersion | null,
    policy: OrganizationPolicy,
  ): Promise<PatchbayError | null> {
    const { blocks, trust } = this.#context;
    try {
      blocks.requireUnblocked(found);
      if (here !== null) await trust.requireFit(here, policy);
      return null;
    } catch (error) {
      if (error instanceof PatchbayError) return error;
      throw error;
    }
  }

  /** Gets the package before anything is changed, so that it is known to be what the file names. */
  async #obtain(authority: MemberAuthority, plugin: string, wanted: Choice): Promise<void> {
    const { database, sourcing } = this.#context;
    const { id } = authority.organization;
    const { version, grants, digest } = wanted;
    const installed = await database.installations.find(id, plugin);
    if (installed === null) await sourcing.bringInstall(authority, { plugin, version, grants });
    else
      await sourcing.bringUpdate(
        authority,
        installed,
        { version, grants: await this.#withoutHosts(installed, grants) },
        true,
      );
    const found = await database.catalog.findVersion(id, plugin, version);
    if (found?.digest !== digest) throw otherContent(plugin, version);
  }

  /** The grants, and no hosts for secrets: the plan has seen to it that those whose hosts change are set anew. */
  async #withoutHosts({ id }: Installation, grants: readonly Grant[]) {
    const given = await this.#context.settings.given(id);
    const none = given.map(
      ({ pointer: setting }): SecretHosts => ({ name: SECRET_HOSTS, setting, hosts: [] }),
    );
    return [...grants, ...none];
  }

  async #make(
    authority: MemberAuthority,
    slug: string,
    { lock }: LockRequest,
    plan: LockPlan,
    { plugin, action, patches = [] }: PlannedChange,
  ): Promise<void> {
    const { caller: principal } = authority;
    const wanted = lock.plugins[plugin];
    if (action === "install" || action === "update") await this.#obtain(authority, plugin, choiceOf(wanted));
    switch (action) {
      case "disable":
        await this.#switching.disable(principal, slug, plugin);
        return;
      case "uninstall":
        await this.#installer.uninstall(principal, slug, plugin, { disable: false });
        return;
      case "enable":
        await this.#switching.enable(principal, slug, plugin);
        return;
      case "settings":
        await this.#putSettings(principal, slug, plugin, patches);
        return;
      case "install":
        await this.#installer.install(principal, slug, { plugin, ...choiceOf(wanted) });
        return;
      case "update":
        await this.#update(principal, slug, plugin, choiceOf(wanted), plan);
        return;
      case "grants":
        await this.#configuration.putGrants(principal, slug, plugin, choiceOf(wanted).grants);
        return;
      case "scope":
        await this.#configuration.putScope(principal, slug, plugin, choiceOf(wanted).scope);
        return;
      default:
        action satisfies never;
    }
  }

  /**
   * An enabled plugin keeps serving while it is updated, unless the new version cannot start without settings that only it
   * knows: then it is off in between.
   */
  async #update(
    principal: Principal,
    slug: string,
    plugin: string,
    { version, grants }: Choice,
    { final, changes }: LockPlan,
  ): Promise<void> {
    const together = new Map(
      [...final.plugins].map(([id, { manifest }]) => [id, { version: manifest.version, manifest }] as const),
    );
    const { installation } = await this.#context.find(principal, slug, plugin, "org.plugins.write");
    const request = { version, grants: await this.#withoutHosts(installation, grants) };
    const update = () => this.#versions.update(principal, slug, plugin, request, together);
    const settings = changes.find((one) => one.plugin === plugin && one.action === "settings");
    try {
      await update();
    } catch (error) {
      const needsSettings = error instanceof PatchbayError && error.code === "settings_invalid";
      if (!needsSettings || settings === undefined) throw error;
      await this.#switching.disable(principal, slug, plugin);
      await update();
      await this.#putSettings(principal, slug, plugin, settings.patches ?? []);
      await this.#switching.enable(principal, slug, plugin);
    }
  }

  async #putSettings(
    principal: Principal,
    slug: string,
    plugin: string,
    patches: readonly SettingsPatch[],
  ): Promise<void> {
    for (const { project, patch } of patches)
      await this.#configuration.putSettings(principal, slug, plugin, project, patch);
  }
}

type Choice = Pick<LockedPluginDto, "version" | "digest" | "scope"> & { readonly grants: readonly Grant[] };

const choiceOf = (wanted: LockedPluginDto | undefined): Choice => {
  if (wanted === undefined) throw new Error("The plan names a plugin that the lock file does not.");
  const { version, digest, scope } = wanted;
  return { version, digest, scope, grants: wanted.grants as Grant[] };
};

const authorizeAll = (principal: Principal, slug: string): MemberAuthority => {
  const authority = authorize(principal, slug, "org.plugins.write");
  requireScope(authority, { projects: "all" });
  return authority;
};

const otherContent = (plugin: string, version: string): PatchbayError =>
  new PatchbayError(
    "version_exists",
    `Version ${version} of "${plugin}" has other content than the file names.`,
  );

const blocked = ({ changes }: LockPlan, stops: readonly PlannedChange[]): PatchbayError => {
  const [first] = stops;
  const more = stops.length > 1 ? ` and ${stops.length - 1} more` : "";
  return new PatchbayError(
    "lock_blocked",
    `Nothing was changed: ${first?.plugin} cannot be brought to what the file wants (${first?.blocked?.message ?? ""})${more}.`,
    { facts: { changes: changes.map(describeChange) } },
  );
};
