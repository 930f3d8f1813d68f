import {
  type Grant,
  type Manifest,
  PatchbayError,
  type PermissionName,
  type SettingsSchema,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import {
  allRequests,
  grantWithin,
  missingGrants,
  normalizeGrants,
  requireGrantsAskedFor,
} from "../../access/grants.ts";
import { requireGrantable } from "../../access/policy-rules.ts";
import { isProjectVisible } from "../../access/sight.ts";
import type { Stores } from "../../ports/database.ts";
import type { Installation, ProjectScope } from "../../ports/installation-store.ts";
import type { StoredSettings } from "../../ports/settings-store.ts";
import { requireRevision, revisionOf, type SeenRevisions } from "../../revision.ts";
import { requireIdle } from "../dependencies/require-idle.ts";
import { type EffectiveSettings, effectiveSettings } from "../settings/effective-settings.ts";
import type { JsonObject } from "../settings/json-merge.ts";
import { settingsPatch } from "../settings/settings-patches.ts";
import type { InstallationContext } from "./installation-context.ts";

/** Effective settings with what to name them by when they are changed. */
export interface ReadSettings extends EffectiveSettings {
  readonly revision: string;
}

/** Changes how an installation is set up: settings, grants, project scope. Everything takes effect on the next call. */
export class InstallationSetup {
  readonly #context: InstallationContext;

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /** Effective settings with their origins; of a project when one is named. Throws `project_not_found`. */
  async settings(
    principal: Principal,
    slug: string,
    pluginId: string,
    project: string | null,
  ): Promise<ReadSettings> {
    const { authority, installation } = await this.#context.find(
      principal,
      slug,
      pluginId,
      "org.plugins.read",
    );
    if (project !== null) await this.#requireProject(authority, project);
    const { manifest } = await this.#context.packageOf(installation);
    return await this.#read(installation, manifest, project);
  }

  /** Merges values into one level. Throws `settings_invalid` and changes nothing when they do not fit. */
  async putSettings(
    principal: Principal,
    slug: string,
    pluginId: string,
    project: string | null,
    body: unknown,
    seen?: SeenRevisions,
  ): Promise<ReadSettings> {
    const { installation, manifest } = await this.#configurable(principal, slug, pluginId, project);
    const patch = settingsPatch(body);
    await this.#context.database.transaction(async (stores) => {
      await this.#requireSeen(stores, { installation, manifest, project }, seen, patch);
      // Again, so that the project is not deleted before this is done.
      if (project !== null)
        await this.#context.requireProjects(installation.organizationId, { projects: [project] }, stores);
      await this.#context.settings.put(stores, installation.id, manifest, project, patch);
      const detail = { project, keys: Object.keys(patch) };
      await this.#context.record(stores, installation, {
        actor: actorOf(principal),
        action: "settings.changed",
        detail,
      });
    });
    return await this.#settingsChanged(installation, manifest, project);
  }

  /** Back to the manifest's defaults: without a project the organization's values and all overrides, otherwise that project's. */
  async resetSettings(
    principal: Principal,
    slug: string,
    pluginId: string,
    project: string | null,
    seen?: SeenRevisions,
  ): Promise<ReadSettings> {
    const { installation, manifest } = await this.#configurable(principal, slug, pluginId, project);
    await this.#context.database.transaction(async (stores) => {
      await this.#requireSeen(stores, { installation, manifest, project }, seen, {});
      await stores.settings.reset(installation.id, project ?? "every");
      await this.#context.record(stores, installation, {
        actor: actorOf(principal),
        action: "settings.reset",
        detail: { project },
      });
    });
    return await this.#settingsChanged(installation, manifest, project);
  }

  /** Replaces all grants. Throws `grant_invalid`, `policy_blocked`, or `grants_required` while the plugin is enabled and needs what is missing. */
  async putGrants(
    principal: Principal,
    slug: string,
    pluginId: string,
    given: readonly (PermissionName | Grant)[],
    seen?: SeenRevisions,
  ): Promise<Installation> {
    const { authority, installation } = await this.#context.findWhole(
      principal,
      slug,
      pluginId,
      "org.plugins.write",
    );
    const actor = actorOf(principal);
    requireRevision(seen, installation.grants, given);
    requireIdle(installation);
    const { manifest } = await this.#context.packageOf(installation);
    const grants = normalizeGrants(given);
    requireGrantsAskedFor(manifest, grants, installation.grants);
    const requests = allRequests(manifest);
    const held = installation.grants.map((grant) => grantWithin(grant, requests));
    requireGrantable(authority, manifest, grants, held);
    const missing = missingGrants(manifest, grants);
    if (missing.length > 0 && installation.state !== "disabled") {
      const names = missing.map(({ name }) => name).join(", ");
      throw new PatchbayError(
        "grants_required",
        `"${pluginId}" cannot run without ${names}. Disable it before withdrawing that.`,
        { facts: { missing } },
      );
    }
    const detail = { before: installation.grants, after: grants };
    return await this.#context.change(installation, { grants }, { actor, action: "grants.changed", detail });
  }

  /** Throws `project_not_found`. */
  async putScope(
    principal: Principal,
    slug: string,
    pluginId: string,
    scope: ProjectScope,
    seen?: SeenRevisions,
  ): Promise<Installation> {
    const { authority, installation } = await this.#context.findWhole(
      principal,
      slug,
      pluginId,
      "org.plugins.write",
    );
    const actor = actorOf(principal);
    requireRevision(seen, installation.scope, scope);
    requireIdle(installation);
    requireScope(authority, scope);
    const detail = { before: installation.scope, after: scope };
    const step = { actor, action: "scope.changed" as const, detail };
    return await this.#context.change(installation, { scope }, step, (stores) =>
      this.#context.requireProjects(authority.organization.id, scope, stores),
    );
  }

  async #configurable(
    principal: Principal,
    slug: string,
    pluginId: string,
    project: string | null,
  ): Promise<Configurable> {
    const authority = authorize(principal, slug, "org.plugins.configure");
    if (authority.reach === "own_projects")
      requireScope(authority, { projects: project === null ? "all" : [project] });
    if (project !== null) await this.#requireProject(authority, project);
    const { installation } = await this.#context.find(principal, slug, pluginId, "org.plugins.configure");
    const { manifest } = await this.#context.packageOf(installation);
    return { installation, manifest };
  }

  async #requireProject(authority: MemberAuthority, project: string): Promise<void> {
    const found = await this.#context.database.organizations.findProject(authority.organization.id, project);
    if (found !== null && isProjectVisible(authority, project)) return;
    throw new PatchbayError("project_not_found", `There is no project "${project}" in this organization.`);
  }

  async #settingsChanged(
    installation: Installation,
    manifest: Manifest,
    project: string | null,
  ): Promise<ReadSettings> {
    this.#context.settings.forget(installation.id);
    this.#context.runtime.settingsChanged(installation.id);
    return await this.#read(installation, manifest, project);
  }

  async #read({ id }: Installation, manifest: Manifest, project: string | null): Promise<ReadSettings> {
    const levels = await this.#context.settings.levels(id);
    const effective = await this.#context.settings.effective(id, manifest, project);
    return { ...effective, revision: revisionOf(ofLevel(levels, project)) };
  }

  /** One change of settings after another, each on what it has seen. Throws `revision_changed`, `plugin_busy` while an update brings settings. */
  async #requireSeen(
    stores: Stores,
    {
      installation,
      manifest,
      project,
    }: Pick<Configurable, "installation" | "manifest"> & { project: string | null },
    seen: SeenRevisions,
    sent: JsonObject,
  ): Promise<void> {
    const { id, organizationId } = installation;
    await stores.installations.lockAll(organizationId);
    const now = await stores.installations.findById(id);
    if (now?.transition?.settingsBefore !== undefined) requireIdle(now);
    const levels = ofLevel(await stores.settings.list(id), project);
    if (seen === undefined || seen.includes(revisionOf(levels))) return;
    const { values } = effectiveSettings(manifest.settings as SettingsSchema | undefined, levels, project);
    requireRevision(seen, values, sent);
  }
}

interface Configurable {
  readonly installation: Installation;
  readonly manifest: Manifest;
}

/** The levels that decide what applies in a project, or without one, in a fixed order. */
const ofLevel = (levels: readonly StoredSettings[], project: string | null): readonly StoredSettings[] =>
  [null, ...(project === null ? [] : [project])].flatMap((one) =>
    levels.filter((level) => level.project === one),
  );
