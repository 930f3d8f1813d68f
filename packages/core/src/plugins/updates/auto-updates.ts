import { type FieldError, isVersionRange, type OsvDto, PatchbayError } from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireScope, systemAuthority } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { isScopeVisible } from "../../access/sight.ts";
import { type AutoUpdateRules, DEFAULT_AUTO_UPDATE, isOpen } from "../../model/auto-update-rules.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireRevision, type SeenRevisions } from "../../revision.ts";
import type { InstallationContext } from "../installations/installation-context.ts";
import type { VersionChanges } from "../installations/version-changes.ts";
import { takenBackFrom } from "../plans/version-change.ts";
import type { AvailableVersions } from "./available-versions.ts";
import { chooseUpdate, type UpdateChoice } from "./choose-update.ts";
import { seenRules, withHidden } from "./seen-rules.ts";

/** How often an organization's updates are looked after, whichever node does it. */
const EVERY_MS = 5 * 60_000;

/**
 * What keeps an update from being made that says nothing of the new version itself: it is tried again the next time. Anything else
 * is a failure of the version.
 */
const PASSING: ReadonlySet<string> = new Set([
  "plugin_busy",
  "unavailable",
  "marketplace_unavailable",
  "github_unavailable",
  "github_rate_limited",
  "artifact_store_unavailable",
  "artifact_store_refused",
  "grants_required",
  "policy_blocked",
  "dependency_missing",
  "dependency_conflict",
  "dependency_disabled",
]);

/** What comes next for an installed plugin. */
export interface PlannedUpdate extends UpdateChoice {
  readonly plugin: string;
  readonly installed: string;
}

/** Keeps plugins current by the rules of their organization. */
export class AutoUpdates {
  readonly #context: InstallationContext;
  readonly #versions: VersionChanges;
  readonly #available: AvailableVersions;

  constructor(context: InstallationContext, versions: VersionChanges, available: AvailableVersions) {
    this.#context = context;
    this.#versions = versions;
    this.#available = available;
  }

  /** The rules in force, with what comes next for each plugin that the caller sees. */
  async get(
    principal: Principal,
    slug: string,
  ): Promise<{ rules: AutoUpdateRules; planned: readonly PlannedUpdate[] }> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const rules = await this.#rulesOf(authority.organization.id);
    return await this.#shownTo(authority, rules);
  }

  /** Replaces all rules; those left out are as by default. Throws `revision_changed` when they are not those that were seen, `invalid_request` for a pin or a time zone that means nothing. */
  async put(
    principal: Principal,
    slug: string,
    decided: Partial<AutoUpdateRules>,
    seen?: SeenRevisions,
  ): Promise<{ rules: AutoUpdateRules; planned: readonly PlannedUpdate[] }> {
    const authority = authorize(principal, slug, "org.plugins.write");
    requireScope(authority, { projects: "all" });
    const wanted = { ...DEFAULT_AUTO_UPDATE, ...decided };
    requireMeaningful(wanted, this.#context.world.now());
    const { id } = authority.organization;
    const hidden = await this.#hiddenFrom(authority);
    const rules = await this.#context.database.transaction(async (stores) => {
      await stores.installations.lockAll(id);
      const before = await stores.autoUpdates.findRules(id);
      const inForce = { ...DEFAULT_AUTO_UPDATE, ...before };
      requireRevision(seen, seenRules(inForce, hidden), wanted);
      const rules = withHidden(wanted, inForce, hidden);
      await stores.autoUpdates.putRules(id, rules);
      const event = { actor: actorOf(principal), action: "auto_update.changed" as const, pluginId: null };
      await stores.audit.append({ organizationId: id, ...event, detail: { before, after: rules } });
      return rules;
    });
    return await this.#shownTo(authority, rules);
  }

  /**
   * Makes the updates that are due, in every organization whose turn it is. One that fails leaves the plugin as it was, is recorded,
   * told, and passed over until there is a newer version.
   */
  async run(): Promise<void> {
    const { database, world } = this.#context;
    for (const organizationId of await database.autoUpdates.listOrganizations()) {
      const now = world.now();
      const before = new Date(now.getTime() - EVERY_MS);
      if (await database.autoUpdates.claimTurn(organizationId, before, now))
        await this.#runFor(organizationId);
    }
  }

  /** The same for one organization at once, with what is left then. */
  async runNow(
    principal: Principal,
    slug: string,
  ): Promise<{ rules: AutoUpdateRules; planned: readonly PlannedUpdate[] }> {
    const authority = authorize(principal, slug, "org.plugins.write");
    requireScope(authority, { projects: "all" });
    await this.#runFor(authority.organization.id);
    return await this.get(principal, slug);
  }

  async #runFor(organizationId: string): Promise<void> {
    const rules = await this.#rulesOf(organizationId);
    for (const { installation, update } of await this.#plan(organizationId, rules))
      if (update.waitsFor === null) await this.#update(installation, update);
  }

  async #rulesOf(organizationId: string): Promise<AutoUpdateRules> {
    const decided = await this.#context.database.autoUpdates.findRules(organizationId);
    return { ...DEFAULT_AUTO_UPDATE, ...decided };
  }

  async #shownTo(
    authority: MemberAuthority,
    rules: AutoUpdateRules,
  ): Promise<{ rules: AutoUpdateRules; planned: readonly PlannedUpdate[] }> {
    const all = await this.#plan(authority.organization.id, rules);
    const visible = all.filter(({ installation }) => isScopeVisible(authority, installation.scope));
    return {
      rules: seenRules(rules, await this.#hiddenFrom(authority)),
      planned: visible.map(({ update }) => update),
    };
  }

  /** Ids of installed plugins that the caller does not see. */
  async #hiddenFrom(authority: MemberAuthority): Promise<ReadonlySet<string>> {
    const all = await this.#context.database.installations.list(authority.organization.id);
    const hidden = all.filter(({ scope }) => !isScopeVisible(authority, scope));
    return new Set(hidden.map(({ pluginId }) => pluginId));
  }

  async #plan(
    organizationId: string,
    rules: AutoUpdateRules,
  ): Promise<{ installation: Installation; update: PlannedUpdate }[]> {
    const { database, world } = this.#context;
    const all = await database.installations.list(organizationId);
    // What comes with Patchbay is kept at its version, and what a server has changed waits for somebody who has looked at it.
    const own = all.filter(
      ({ source, transition }) => source !== "builtin" && source !== "bridge" && transition === null,
    );
    const [versions, failures, known] = await Promise.all([
      this.#available.of(own),
      database.autoUpdates.listFailures(organizationId),
      database.advisories.listAdvisories(own.map(({ pluginId }) => pluginId)),
    ]);
    return own.flatMap((installation) => {
      const { id, pluginId, version: installed } = installation;
      const choice = chooseUpdate({
        pluginId,
        installed,
        rules,
        candidates: versions.get(pluginId) ?? [],
        takenBack: takenBackFrom(installation),
        advisories: advisoriesOf(known, pluginId),
        failure: failures.get(id) ?? null,
        now: world.now(),
      });
      return choice === null ? [] : [{ installation, update: { plugin: pluginId, installed, ...choice } }];
    });
  }

  async #update(installation: Installation, { version, installed, reason }: PlannedUpdate): Promise<void> {
    const { id, organizationId, pluginId } = installation;
    try {
      // Some of what the policy wants is known once the package is here.
      const { organizations, catalog } = this.#context.database;
      const running = await catalog.findVersion(organizationId, pluginId, installed);
      const decided = await organizations.findPolicy(organizationId);
      const policy = running === null ? decided : await this.#available.wantedFrom(decided, running);
      const authority = systemAuthority(organizationId, "automatic_update", policy);
      await this.#versions.updateFor(authority, installation, { version });
      await this.#context.database.autoUpdates.removeFailure(id);
      const title = `${pluginId} was updated to ${version}`;
      await this.#tell(
        installation,
        "success",
        title,
        reason === "security" ? "It mends an advisory." : null,
      );
    } catch (error) {
      const code = error instanceof PatchbayError ? error.code : "internal";
      const message =
        error instanceof PatchbayError ? error.message : "Patchbay itself failed; see the server's log.";
      this.#context.world.log.warn(
        { plugin: pluginId, version, code, reason: message },
        "an automatic update was not made",
      );
      if (PASSING.has(code)) return;
      const failedAt = this.#context.world.now();
      await this.#context.database.autoUpdates.putFailure(id, { version, code, message, failedAt });
      const title = `${pluginId} could not be updated to ${version}; ${installed} goes on`;
      await this.#tell(installation, "warning", title, message);
    }
  }

  async #tell(
    { id, organizationId, pluginId }: Installation,
    level: "success" | "warning",
    title: string,
    message: string | null,
  ): Promise<void> {
    const about = { organizationId, pluginId, installationId: id, project: null, userId: null };
    await this.#context.database.notifications.add({ ...about, level, title, message }, false);
  }
}

const advisoriesOf = (known: readonly { readonly advisory: OsvDto }[], pluginId: string): OsvDto[] =>
  known
    .map(({ advisory }) => advisory)
    .filter(({ affected }) => affected.some((one) => one.package.name === pluginId));

const requireMeaningful = (rules: AutoUpdateRules, now: Date): void => {
  const errors: FieldError[] = Object.entries(rules.plugins).flatMap(([id, { pin }]) =>
    pin === undefined || isVersionRange(pin)
      ? []
      : [{ pointer: `/plugins/${id}/pin`, message: `"${pin}" is not a version or a range such as ^1.2.0.` }],
  );
  try {
    if (rules.window !== null) isOpen(rules.window, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    errors.push({ pointer: "/window/timeZone", message: "This is not a time zone such as Europe/Berlin." });
  }
  const [first] = errors;
  if (first === undefined) return;
  throw new PatchbayError("invalid_request", `${first.pointer}: ${first.message}`, { errors });
};
