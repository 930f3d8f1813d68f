import { type Manifest, PatchbayError, type PermissionRequest, tokensOf } from "@patchbay/protocol";
import { authorize, requireDeploymentAdmin, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { missingGrants, overlayGrants } from "../../access/grants.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireIdle } from "../dependencies/require-idle.ts";
import { getPath, type JsonObject, withPath } from "../settings/json-merge.ts";
import type { InstallationContext } from "./installation-context.ts";
import { isBuiltinPackage } from "./installation-directory.ts";
import type { InstallationSetup } from "./installation-setup.ts";
import type { Switching } from "./switching.ts";

/** A plugin that may be let onto this machine, as it is now. */
export interface LocalCandidate {
  readonly installation: Installation;
  readonly manifest: Manifest;
  /** What it requires and was not granted. */
  readonly missing: readonly PermissionRequest[];
  /** The organization's values. */
  readonly values: JsonObject;
  /** Addresses that it may reach already, by the settings that name them. */
  readonly local: Readonly<Record<string, string>>;
}

/** What somebody has agreed to. */
export interface LocalConsent {
  /** JSON pointer of the setting that is to name the address. */
  readonly pointer: string;
  /** Of this machine, as an address and a port. */
  readonly address: string;
  /** Names of the permissions that may be granted besides. */
  readonly grants: readonly string[];
}

interface LocalChange {
  /** Merged into the organization's values. */
  readonly patch: JsonObject;
  /** Addresses that may be reached from then on. */
  readonly allowed: Readonly<Record<string, string>>;
  /** Nothing is changed unless this address stands there. */
  readonly insteadOf?: { readonly path: readonly string[]; readonly address: string };
}

/**
 * Lets a plugin that came with Patchbay reach one address of the machine that Patchbay runs on. Whoever does it administers the
 * deployment, since what answers there is no organization's; and the organization too, since it is its plugin.
 */
export class LocalAccess {
  readonly #context: InstallationContext;
  readonly #configuration: InstallationSetup;
  readonly #switching: Switching;

  constructor(
    context: InstallationContext,
    parts: { readonly configuration: InstallationSetup; readonly switching: Switching },
  ) {
    this.#context = context;
    this.#configuration = parts.configuration;
    this.#switching = parts.switching;
  }

  /** Throws `forbidden`, `organization_not_found`, `plugin_not_installed`, and `permission_denied` for a plugin that did not come with Patchbay. */
  async find(principal: Principal, slug: string, pluginId: string): Promise<LocalCandidate> {
    const configuring = authorize(principal, slug, "org.plugins.configure");
    requireScope(configuring, { projects: "all" });
    requireDeploymentAdmin(principal);
    const { installation } = await this.#context.findWhole(principal, slug, pluginId, "org.plugins.write");
    const version = await this.#context.packageOf(installation);
    if (!isBuiltinPackage(version))
      throw new PatchbayError(
        "permission_denied",
        `"${pluginId}" did not come with Patchbay, and reaches nothing on this machine.`,
      );
    const { manifest } = version;
    const levels = await this.#context.settings.levels(installation.id);
    const { values = {}, local = {} } = levels.find(({ project }) => project === null) ?? {};
    return { installation, manifest, missing: missingGrants(manifest, installation.grants), values, local };
  }

  /**
   * Has the setting name the address, lets the plugin reach it, grants what is missing and enables the plugin; then does `proof`. When any
   * of it fails, all of it is taken back, and the error thrown. Throws besides what `find` does `grants_required`, `settings_invalid`,
   * `plugin_busy`, and what enabling the plugin throws.
   */
  async open<T>(
    principal: Principal,
    slug: string,
    pluginId: string,
    consent: LocalConsent,
    proof: () => Promise<T>,
  ): Promise<T> {
    const before = await this.find(principal, slug, pluginId);
    const { installation, missing } = before;
    requireIdle(installation);
    const unagreed = missing.filter(({ name }) => !consent.grants.includes(name));
    if (unagreed.length > 0)
      throw new PatchbayError(
        "grants_required",
        `"${pluginId}" needs ${unagreed.map(({ name }) => name).join(", ")}, which was not agreed to.`,
        { facts: { missing: unagreed } },
      );
    const undo: (() => Promise<unknown>)[] = [];
    try {
      if (missing.length > 0) {
        const added = missing.map(({ reason: _reason, ...grant }) => grant);
        const putGrants = (grants: Installation["grants"]) =>
          this.#configuration.putGrants(principal, slug, pluginId, grants);
        undo.push(() => putGrants(installation.grants));
        await putGrants(overlayGrants(installation.grants, added));
      }
      const { pointer, address } = consent;
      const path = tokensOf(pointer);
      const wanted = { patch: withPath({}, path, address), allowed: { [pointer]: address } };
      const earlier = {
        patch: earlierOf(before.values, path),
        allowed: before.local[pointer] === undefined ? {} : { [pointer]: before.local[pointer] },
        // What somebody else has set meanwhile is theirs.
        insteadOf: { path, address },
      };
      undo.push(() => this.#put(principal, before, earlier));
      await this.#put(principal, before, wanted);
      if (installation.state !== "enabled") {
        undo.push(() => this.#switching.disable(principal, slug, pluginId));
        await this.#switching.enable(principal, slug, pluginId);
      }
      return await proof();
    } catch (error) {
      for (const step of undo.toReversed()) await this.#takeBack(pluginId, step);
      throw error;
    }
  }

  async #put(
    principal: Principal,
    { installation, manifest }: LocalCandidate,
    { patch, allowed, insteadOf }: LocalChange,
  ): Promise<void> {
    const { id, organizationId } = installation;
    const { database, settings, runtime } = this.#context;
    const detail = { project: null, keys: Object.keys(patch), local: Object.values(allowed) };
    await database.transaction(async (stores) => {
      await stores.installations.lockAll(organizationId);
      const level = (await stores.settings.list(id)).find(({ project }) => project === null);
      if (insteadOf !== undefined && getPath(level?.values, insteadOf.path) !== insteadOf.address) return;
      await settings.put(stores, id, manifest, null, patch, allowed);
      const step = { actor: actorOf(principal), action: "settings.changed" as const, detail };
      await this.#context.record(stores, installation, step);
    });
    settings.forget(id);
    runtime.settingsChanged(id);
  }

  async #takeBack(plugin: string, step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const { log } = this.#context.world;
      log.warn({ plugin, error: String(error) }, "what was changed for a model server here stays changed");
    }
  }
}

/** What merges the setting at `path` back to what it was: with the group that it made, where there was none. */
const earlierOf = (values: JsonObject, path: readonly string[]): JsonObject => {
  const group = path.slice(0, 1);
  return getPath(values, group) === undefined
    ? withPath({}, group, null)
    : withPath({}, path, getPath(values, path) ?? null);
};
