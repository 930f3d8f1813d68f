import {
  type AuditAction,
  type Grant,
  PatchbayError,
  type PermissionName,
  requestsOf,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { normalizeGrants, requireGrantsAskedFor } from "../../access/grants.ts";
import { requireAllowed, requireInstallable } from "../../access/policy-rules.ts";
import { isProjectVisible } from "../../access/sight.ts";
import { isAdministrator } from "../../model/rights.ts";
import type { Page } from "../../ports/catalog-store.ts";
import type { Stores } from "../../ports/database.ts";
import type { ProjectScope } from "../../ports/installation-store.ts";
import type { PluginRequest, RequestDecision, RequestQuery } from "../../ports/request-store.ts";
import { planInstall } from "../dependencies/planning.ts";
import type { InstallationContext } from "../installations/installation-context.ts";
import type { Installed, Installer, InstallRequest } from "../installations/installer.ts";
import { notifyOfRequest } from "../notifications/request-notices.ts";
import { isOffered } from "../sources/offered-version.ts";

export interface NewRequest {
  readonly plugin: string;
  /** The newest when absent. */
  readonly version?: string;
  /** What the plugin requires when absent. */
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly scope?: ProjectScope;
  /** For those who decide. */
  readonly message?: string;
}

/** What the decision changes in what was asked for. */
export type Approval = Pick<InstallRequest, "grants" | "scope" | "dependencies">;

/** Members ask for plugins; owners and administrators install them, or say why not. */
export class PluginRequests {
  readonly #context: InstallationContext;
  readonly #installer: Installer;

  constructor(context: InstallationContext, installer: Installer) {
    this.#context = context;
    this.#installer = installer;
  }

  /**
   * Asks for a plugin, in the version that is the newest now unless told; those who can decide are notified. Throws
   * `package_not_found`, `already_installed`, `already_exists` (asked for and not decided), `policy_blocked` (nobody may have
   * it), `grant_invalid`, `project_not_found` and what an installation would throw for its dependencies.
   */
  async create(principal: Principal, slug: string, request: NewRequest): Promise<PluginRequest> {
    const authority = authorize(principal, slug, "org.plugins.use");
    const { id: organizationId } = authority.organization;
    const { database, world } = this.#context;
    requireInstallable(authority.policy);
    const stores = this.#context.sourcing.storesFor(request);
    const plan = await planInstall(stores, authority, request, world.patchbayVersion);
    for (const one of [plan.wanted, ...plan.along]) {
      requireAllowed(authority.policy, one);
      if (!isOffered(one)) await this.#context.trust.requireFit(one, authority.policy);
    }
    const { manifest, version } = plan.wanted;
    const grants = normalizeGrants(request.grants ?? requestsOf(manifest).required.map(withoutReason));
    requireGrantsAskedFor(manifest, grants);
    const scope = request.scope ?? { projects: "all" };
    requireVisible(authority, scope);
    const deciders = await this.#deciders(authority);
    return await database.transaction(async (stores) => {
      await this.#context.requireProjects(organizationId, scope, stores);
      const message = request.message ?? null;
      const { id: userId } = principal.user;
      const wish = { pluginId: request.plugin, version, grants, scope, message, userId };
      const created = await stores.requests.create({ organizationId, ...wish });
      await this.#record(stores, authority, created, "request.made", { version, grants, scope, message });
      const title = `${principal.user.name} asks for ${manifest.name}`;
      for (const one of deciders)
        await notifyOfRequest(stores, created, one, { level: "info", title, message });
      return created;
    });
  }

  /** Newest first, with the number of those that are open; owners and administrators see all, others their own. */
  async list(
    principal: Principal,
    slug: string,
    query: Omit<RequestQuery, "userId">,
  ): Promise<{ page: Page<PluginRequest>; open: number }> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { requests } = this.#context.database;
    const { id } = authority.organization;
    if (authority.administers) {
      const [page, open] = await Promise.all([requests.list(id, query), requests.countOpen(id)]);
      return { page, open };
    }
    const own = { userId: principal.user.id };
    const page = await requests.list(id, { ...query, ...own });
    // One person has at most one for each plugin.
    const { items } = await requests.list(id, { ...own, state: "open", limit: MAX_OWN_OPEN });
    return { page, open: items.length };
  }

  /** The caller's own, or any for owners and administrators. Throws `request_not_found`. */
  async get(principal: Principal, slug: string, id: string): Promise<PluginRequest> {
    return await this.#find(authorize(principal, slug, "org.plugins.read"), id);
  }

  /**
   * Installs what was asked for, disabled, and closes the request: both, or neither. Throws `request_not_found`,
   * `request_decided` and what an installation throws; `grants_required` when more has to be granted than was asked for.
   */
  async approve(principal: Principal, slug: string, id: string, approval: Approval): Promise<Installed> {
    const authority = authorize(principal, slug, "org.members.write");
    const request = await this.#find(authority, id);
    requireInstallable(authority.policy);
    const { pluginId, version, grants, scope } = request;
    const wanted = { plugin: pluginId, version, grants, scope, ...approval };
    return await this.#installer.installFor(authority, wanted, async (stores) => {
      const step = { state: "approved", reason: null } as const;
      await this.#decide(stores, authority, request, step, "request.approved");
      const title = `${await this.#nameOf(request)} is installed, as you asked`;
      const message = "You are told when it is enabled.";
      await notifyOfRequest(stores, request, request.userId, { level: "success", title, message });
    });
  }

  /** Closes the request with a reason, which the person who asked is told. Throws `request_not_found`, `request_decided`. */
  async refuse(principal: Principal, slug: string, id: string, reason: string): Promise<PluginRequest> {
    const authority = authorize(principal, slug, "org.members.write");
    const request = await this.#find(authority, id);
    const title = `${await this.#nameOf(request)} was not installed`;
    return await this.#context.database.transaction(async (stores) => {
      const refused = await this.#decide(
        stores,
        authority,
        request,
        { state: "refused", reason },
        "request.refused",
      );
      await notifyOfRequest(stores, request, request.userId, { level: "warning", title, message: reason });
      return refused;
    });
  }

  /** Takes the caller's own request back. Throws `request_not_found`, `request_decided`. */
  async withdraw(principal: Principal, slug: string, id: string): Promise<void> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const request = await this.#find(authority, id);
    if (request.userId !== principal.user.id) throw notFound();
    const step = { state: "withdrawn", reason: null } as const;
    await this.#context.database.transaction((stores) =>
      this.#decide(stores, authority, request, step, "request.withdrawn"),
    );
  }

  async #decide(
    stores: Stores,
    authority: MemberAuthority,
    request: PluginRequest,
    step: Omit<RequestDecision, "decidedBy">,
    action: AuditAction,
  ): Promise<PluginRequest> {
    const { organizationId, id, version, userName } = request;
    const decidedBy = actorOf(authority.caller);
    const decided = await stores.requests.decide(organizationId, id, { ...step, decidedBy });
    const reason = step.reason === null ? {} : { reason: step.reason };
    await this.#record(stores, authority, request, action, { version, askedBy: userName, ...reason });
    return decided;
  }

  async #record(
    stores: Stores,
    { caller }: MemberAuthority,
    { organizationId, pluginId, id }: PluginRequest,
    action: AuditAction,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const event = { organizationId, actor: actorOf(caller), action, pluginId };
    await stores.audit.append({ ...event, detail: { request: id, ...detail } });
  }

  async #find(authority: MemberAuthority, id: string): Promise<PluginRequest> {
    const found = await this.#context.database.requests.find(authority.organization.id, id);
    if (found !== null && (authority.administers || found.userId === authority.caller.user.id)) return found;
    throw notFound();
  }

  async #nameOf({ organizationId, pluginId, version }: PluginRequest): Promise<string> {
    const found = await this.#context.database.catalog.findVersion(organizationId, pluginId, version);
    return found?.manifest.name ?? pluginId;
  }

  /** Who is told of a new request. */
  async #deciders({ organization, caller }: MemberAuthority): Promise<string[]> {
    const members = await this.#context.database.organizations.listMembers(organization.id);
    return members
      .filter(({ role, userId }) => isAdministrator(role) && userId !== caller.user.id)
      .map(({ userId }) => userId);
  }
}

/** More than anybody waits for. */
const MAX_OWN_OPEN = 1_000;

const requireVisible = (authority: MemberAuthority, { projects }: ProjectScope): void => {
  const hidden = projects === "all" ? undefined : projects.find((slug) => !isProjectVisible(authority, slug));
  if (hidden === undefined) return;
  throw new PatchbayError("project_not_found", `There is no project "${hidden}".`);
};

const withoutReason = ({ reason: _reason, ...grant }: Grant & { readonly reason?: string }): Grant => grant;

const notFound = (): PatchbayError =>
  new PatchbayError("request_not_found", "There is no such request that you can see.");
