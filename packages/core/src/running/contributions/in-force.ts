import { entriesOf, type KindName, PatchbayError } from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import { type Asker, isServerCode, type Principal } from "../../access/caller.ts";
import { notInstalled, type Sight, sightOf } from "../../access/sight.ts";
import { type PackageTrust, requireTrusted } from "../../plugins/trust/package-trust.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Stores } from "../../ports/database.ts";
import { listContributors } from "./installed-entries.ts";
import {
  type Blocks,
  type ContributionInForce,
  type Contributor,
  entriesInForce,
  isListed,
  pluginFault,
  requireProject,
} from "./rules.ts";

/**
 * Who contributes what, for a caller and a project. Everything that lists contributions asks here, and calls are held against the
 * same rules: the plugin is in the caller's sight, serves, is not blocked, applies to the project, is what its publisher made, has
 * the bundle with the code, and was granted what the entry needs.
 *
 * Nothing is listed of the plugin of a server (`bridge`) that does not answer; a call of it goes its way, and hears what the server says.
 *
 * Three things differ on purpose. Who may use a plugin can call, who may read it has it listed. A list without a project has what
 * applies to any of the caller's projects; a call of a plugin of certain projects has to name one. Whether the package can be trusted
 * is not asked again at each call of server code: it is asked when its sandbox starts, and a key that is revoked later ends the sandbox.
 */
export class InForce {
  readonly #stores: Pick<Stores, "installations" | "catalog" | "mcpServers">;
  readonly #trust: Pick<PackageTrust, "judge">;
  readonly #blocks: Blocks;

  constructor(parts: {
    stores: Pick<Stores, "installations" | "catalog" | "mcpServers">;
    trust: Pick<PackageTrust, "judge">;
    blocks: Blocks;
  }) {
    this.#stores = parts.stores;
    this.#trust = parts.trust;
    this.#blocks = parts.blocks;
  }

  /**
   * All of a kind, by plugin id and in the manifest's order; those that apply to a project when one is named. `right` is that of who
   * reads lists, or of who uses what is listed. Throws `forbidden`, `organization_not_found`, `project_not_found`.
   */
  async list<K extends KindName>(
    kind: K,
    principal: Principal,
    slug: string,
    project?: string,
    right: "org.plugins.read" | "org.plugins.use" = "org.plugins.read",
  ): Promise<ContributionInForce<K>[]> {
    const authority = authorize(principal, slug, right);
    return await this.#listed(
      kind,
      authority,
      await listContributors(this.#stores, authority.organization.id),
      project,
    );
  }

  /**
   * All of a kind that somebody, or server code, can use. Throws `forbidden`, `organization_not_found`, `project_not_found`, and
   * `plugin_not_installed` for code of a plugin that is gone.
   */
  async listUsable<K extends KindName>(
    kind: K,
    by: Asker,
    project: string | undefined,
  ): Promise<ContributionInForce<K>[]> {
    if (!isServerCode(by))
      return await this.list(kind, by.principal, by.organization, project, "org.plugins.use");
    const { installationId, organizationId, pluginId } = by.installation;
    const installed = await listContributors(this.#stores, organizationId);
    const own = installed.find(({ installation }) => installation.id === installationId);
    if (own === undefined) throw notInstalled(pluginId);
    return await this.#listed(kind, sightOf(by, own.installation.scope), installed, project);
  }

  async #listed<K extends KindName>(
    kind: K,
    sight: Sight,
    installed: readonly Contributor[],
    project: string | undefined,
  ): Promise<ContributionInForce<K>[]> {
    if (project !== undefined) requireProject(sight, project);
    const serving = installed.filter(
      (one) =>
        pluginFault(sight, one, this.#blocks) === null && isListed(sight, one.installation.scope, project),
    );
    const contributors = await this.#withoutSilent(serving);
    const found = contributors.map((one) => ({ one, entries: entriesInForce(kind, one) }));
    const listed = await Promise.all(
      found
        .filter(({ entries }) => entries.length > 0)
        .map(async ({ one, entries }) =>
          (await this.#isGood(one.package)) ? entries.map((entry) => ({ ...one, entry })) : [],
        ),
    );
    return listed.flat();
  }

  /**
   * Refuses what a plugin's views ask, but for the plugin itself and the project. A view's code is loaded by consoles without any
   * sandbox's start, so trust is asked each time. Throws `not_available` for a plugin without a user interface, `permission_denied`
   * when it has views and no place was granted to any, `package_modified`, `signature_revoked`.
   */
  async requireViews(plugin: Contributor): Promise<void> {
    const { manifest, uiDigest } = plugin.package;
    if (uiDigest === null)
      throw new PatchbayError("not_available", `"${manifest.id}" has no user interface that could call.`);
    if (entriesOf(manifest, "views").length > 0 && entriesInForce("views", plugin).length === 0)
      throw new PatchbayError(
        "permission_denied",
        `None of the views of "${manifest.id}" has its place: the permissions for that were not granted.`,
      );
    requireTrusted(manifest.id, await this.#trust.judge(plugin.package));
  }

  /** Those whose server answers, where they have one. */
  async #withoutSilent(serving: readonly Contributor[]): Promise<readonly Contributor[]> {
    const bridged = serving.filter(({ installation }) => installation.source === "bridge");
    if (bridged.length === 0) return serving;
    const servers = await this.#stores.mcpServers.list(bridged.map(({ installation }) => installation.id));
    const silent = new Set(servers.filter(({ outage }) => outage !== null).map((one) => one.installationId));
    return serving.filter(({ installation }) => !silent.has(installation.id));
  }

  async #isGood(version: PackageVersion): Promise<boolean> {
    const { state } = await this.#trust.judge(version);
    return state === "signed" || state === "unsigned";
  }
}
