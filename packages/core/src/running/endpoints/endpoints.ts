import { randomBytes } from "node:crypto";
import { type AuditAction, type Contribution, entriesOf, PatchbayError } from "@patchbay/protocol";
import { isScopeWritable, type MemberAuthority, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { isProjectVisible, isScopeVisible } from "../../access/sight.ts";
import type { InstallationContext } from "../../plugins/installations/installation-context.ts";
import type { Stores } from "../../ports/database.ts";
import type { Endpoint, EndpointChoices, EndpointSecret } from "../../ports/endpoint-store.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireRevision, type SeenRevisions } from "../../revision.ts";
import { listContributors } from "../contributions/installed-entries.ts";
import { appliesTo, entriesInForce, requireProject, serviceFault } from "../contributions/rules.ts";
import { authorizeEndpoints, findEndpoint, scopeOf } from "./endpoint-access.ts";
import { authenticationFault, changesOf, choicesOf, requireWithin, scopeFault } from "./endpoint-rules.ts";
import type { EndpointSecrets } from "./endpoint-secrets.ts";
import {
  DEFAULT_MAX_BODY_BYTES,
  DEFAULT_MAX_SECONDS,
  DEFAULT_PER_MINUTE,
  KEPT_SECRETS_SECONDS,
  MAX_ENDPOINTS_OF_ORGANIZATION,
} from "./limits.ts";

type Entry = Contribution<"endpoints">;

/** What a plugin can answer, for which an address can be made. */
export interface OfferedEndpoint {
  readonly pluginId: string;
  readonly entry: Entry;
  /** Slugs of the projects for which the caller may make one; `isForAll`: for the organization too. */
  readonly projects: readonly string[];
  readonly isForAll: boolean;
}

/** An address as people see it. */
export interface EndpointView {
  readonly endpoint: Endpoint;
  /** What the installed version says of it; null when that has none of the name. */
  readonly entry: Entry | null;
  /** Why nothing answers now, but for being switched off; null when something does. */
  readonly fault: string | null;
  readonly secrets: readonly EndpointSecret[];
}

/** What was made: `secret` is shown now and never again. */
export interface MadeEndpoint {
  readonly view: EndpointView;
  readonly secret: string | null;
}

export interface NewEndpoint extends Partial<EndpointChoices> {
  readonly plugin: string;
  /** Of the contribution. */
  readonly name: string;
  readonly project?: string;
  /** What its address is to end with; one that nobody can guess unless it is given. */
  readonly address?: string;
}

export type Rotation =
  | { readonly of: "secret"; readonly keptSeconds?: number }
  | { readonly of: "address"; readonly address?: string };

/** So much of a random address nobody guesses: 160 bits, in the letters that every system leaves as they are. */
const ADDRESS_BYTES = 20;

/** What people decide about addresses at which plugins answer requests from outside. */
export class Endpoints {
  readonly #context: InstallationContext;
  readonly #secrets: EndpointSecrets;
  readonly #maxFileBytes: number;

  /** `maxFileBytes` is what a call of a plugin takes at the most. */
  constructor(context: InstallationContext, secrets: EndpointSecrets, maxFileBytes: number) {
    this.#context = context;
    this.#secrets = secrets;
    this.#maxFileBytes = maxFileBytes;
  }

  /** For what the caller can make addresses. Throws `forbidden`, `organization_not_found`, as all else here. */
  async offered(principal: Principal, slug: string): Promise<OfferedEndpoint[]> {
    const authority = authorizeEndpoints(principal, slug);
    const { organization } = authority;
    const [installed, projects] = await Promise.all([
      listContributors(this.#context.database, organization.id),
      this.#context.database.organizations.listProjects(organization.id),
    ]);
    const own = projects
      .map((one) => one.slug)
      .filter((one) => isProjectVisible(authority, one) && isScopeWritable(authority, { projects: [one] }));
    return installed
      .filter(({ installation }) => isScopeVisible(authority, installation.scope))
      .flatMap((one) =>
        entriesInForce("endpoints", one).map((entry) => ({
          pluginId: one.installation.pluginId,
          entry,
          projects: own.filter((project) => appliesTo(one.installation.scope, project)),
          isForAll: authority.reach === "organization" && one.installation.scope.projects === "all",
        })),
      )
      .filter(({ projects: its, isForAll }) => isForAll || its.length > 0);
  }

  async list(principal: Principal, slug: string): Promise<EndpointView[]> {
    const authority = authorizeEndpoints(principal, slug);
    const endpoints = await this.#context.database.endpoints.list(authority.organization.id);
    const own = endpoints.filter((one) => isScopeWritable(authority, scopeOf(one)));
    const secrets = await this.#context.database.endpoints.secretsOfAll(authority.organization.id);
    const byEndpoint = Map.groupBy(secrets, ({ endpointId }) => endpointId);
    return await Promise.all(own.map((one) => this.#viewWith(one, byEndpoint.get(one.id) ?? [])));
  }

  /** Throws `endpoint_not_found`. */
  async get(principal: Principal, slug: string, id: string): Promise<EndpointView> {
    const authority = authorizeEndpoints(principal, slug);
    return await this.#viewOf(await findEndpoint(this.#context.database, authority, id));
  }

  /**
   * A new address. Throws `plugin_not_installed`, `endpoint_not_found` for what the plugin does not have, `permission_denied`, `project_not_found`,
   * `plugin_out_of_scope`, `project_required`, `invalid_request`, `address_taken`, `quota_exceeded`.
   */
  async make(principal: Principal, slug: string, wanted: NewEndpoint): Promise<MadeEndpoint> {
    const { authority, installation } = await this.#context.find(
      principal,
      slug,
      wanted.plugin,
      "org.plugins.configure",
    );
    const { project = null } = wanted;
    if (project !== null) requireProject(authority, project);
    requireScope(authority, scopeOf({ project }));
    requireWithin(installation, project);
    const entry = await this.#requireEntry(installation, wanted.name);
    const endpoint = {
      id: this.#context.world.newId(),
      organizationId: authority.organization.id,
      installationId: installation.id,
      name: entry.name,
      project,
      address: addressOf(slug, wanted.address),
      title: wanted.title ?? entry.title ?? entry.name,
      authentication: wanted.authentication ?? entry.authentication,
      enabled: wanted.enabled ?? true,
      perMinute: wanted.perMinute ?? DEFAULT_PER_MINUTE,
      maxBodyBytes: wanted.maxBodyBytes ?? Math.min(DEFAULT_MAX_BODY_BYTES, this.#maxFileBytes),
      maxSeconds: wanted.maxSeconds ?? DEFAULT_MAX_SECONDS,
      origins: wanted.origins ?? [],
      keepsBodies: wanted.keepsBodies ?? false,
    };
    requireAuthentication(endpoint, entry);
    this.#requireWithinFile(endpoint);
    const secret = await this.#context.database.transaction(async (stores) => {
      await stores.installations.lockAll(endpoint.organizationId);
      const all = await stores.endpoints.list(endpoint.organizationId);
      if (all.length >= MAX_ENDPOINTS_OF_ORGANIZATION)
        throw new PatchbayError(
          "quota_exceeded",
          `An organization has at most ${MAX_ENDPOINTS_OF_ORGANIZATION} endpoints. Delete some first.`,
        );
      if (!(await stores.endpoints.add(endpoint))) throw taken();
      await this.#record(
        stores,
        authority,
        { ...endpoint, pluginId: installation.pluginId },
        "endpoint.created",
      );
      return await this.#secrets.add(stores, endpoint, 0);
    });
    return { view: await this.get(principal, slug, endpoint.id), secret };
  }

  /**
   * Changes what is given. Another way to authenticate takes another secret, which is made: those before are of no use. Throws
   * `endpoint_not_found`, `revision_changed`, `invalid_request`.
   */
  async change(
    principal: Principal,
    slug: string,
    id: string,
    change: Partial<EndpointChoices>,
    seen?: SeenRevisions,
  ): Promise<MadeEndpoint> {
    const authority = authorizeEndpoints(principal, slug);
    // Before the transaction, which waits for no connection besides its own.
    const { entry } = await this.#viewOf(await findEndpoint(this.#context.database, authority, id));
    const secret = await this.#context.database.transaction(async (stores) => {
      const before = await findEndpoint(stores, authority, id, "lock");
      requireRevision(seen, choicesOf(before), change);
      const after = { ...before, ...change };
      if (change.authentication !== undefined) requireAuthentication(after, entry);
      // What was chosen while the server took more does not stand in the way of anything else.
      if (after.maxBodyBytes !== before.maxBodyBytes) this.#requireWithinFile(after);
      const detail = changesOf(choicesOf(before), choicesOf(after));
      if (Object.keys(detail).length === 0) return null;
      await stores.endpoints.change(id, change);
      await this.#record(stores, authority, before, "endpoint.changed", detail);
      return after.authentication === before.authentication
        ? null
        : await this.#secrets.add(stores, after, 0);
    });
    return { view: await this.get(principal, slug, id), secret };
  }

  /** A new secret beside those before it, or another address, after which nothing is at the old one. Throws `endpoint_not_found`, `address_taken`, `invalid_request`, `quota_exceeded`. */
  async rotate(principal: Principal, slug: string, id: string, rotation: Rotation): Promise<MadeEndpoint> {
    const authority = authorizeEndpoints(principal, slug);
    const secret = await this.#context.database.transaction(async (stores) => {
      const endpoint = await findEndpoint(stores, authority, id, "lock");
      await this.#record(stores, authority, endpoint, "endpoint.rotated", { of: rotation.of });
      if (rotation.of === "address") {
        if (!(await stores.endpoints.change(id, { address: addressOf(slug, rotation.address) })))
          throw taken();
        return null;
      }
      if (endpoint.authentication === "none")
        throw new PatchbayError(
          "invalid_request",
          "Nothing has to open this endpoint, so there is no secret.",
        );
      return await this.#secrets.add(stores, endpoint, rotation.keptSeconds ?? KEPT_SECRETS_SECONDS);
    });
    return { view: await this.get(principal, slug, id), secret };
  }

  /** Throws `endpoint_not_found`. Its log goes with it. */
  async remove(principal: Principal, slug: string, id: string): Promise<void> {
    const authority = authorizeEndpoints(principal, slug);
    await this.#context.database.transaction(async (stores) => {
      const endpoint = await findEndpoint(stores, authority, id, "lock");
      await stores.endpoints.remove(id);
      await this.#record(stores, authority, endpoint, "endpoint.deleted");
    });
  }

  async #record(
    stores: Stores,
    { caller, organization }: MemberAuthority,
    { id, name, title, project, pluginId }: Pick<Endpoint, "id" | "name" | "title" | "project" | "pluginId">,
    action: AuditAction,
    detail: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await stores.audit.append({
      organizationId: organization.id,
      actor: actorOf(caller),
      action,
      pluginId,
      detail: { endpoint: id, name, title, ...(project !== null && { project }), ...detail },
    });
  }

  async #viewOf(endpoint: Endpoint): Promise<EndpointView> {
    return await this.#viewWith(endpoint, await this.#context.database.endpoints.secrets(endpoint.id));
  }

  async #viewWith(endpoint: Endpoint, secrets: readonly EndpointSecret[]): Promise<EndpointView> {
    const { directory, blocks } = this.#context;
    const plugin = await directory.find(endpoint.organizationId, endpoint.pluginId);
    if (plugin === null) return { endpoint, entry: null, fault: "Its plugin is not installed.", secrets };
    const all = entriesOf(plugin.package.manifest, "endpoints");
    const entry = all.find(({ name }) => name === endpoint.name) ?? null;
    const isInForce = entriesInForce("endpoints", plugin).some(({ name }) => name === endpoint.name);
    const fault =
      serviceFault(plugin, blocks)?.message ??
      (entry === null
        ? `This version of "${endpoint.pluginId}" has no endpoint "${endpoint.name}".`
        : null) ??
      (isInForce ? null : `"${endpoint.pluginId}" was not granted endpoints.serve.`) ??
      scopeFault(plugin.installation, endpoint.project) ??
      authenticationFault(endpoint.authentication, entry?.authentication ?? "none");
    return { endpoint, entry, fault, secrets };
  }

  async #requireEntry(installation: Installation, name: string): Promise<Entry> {
    const found = await this.#context.packageOf(installation);
    const entries = entriesOf(found.manifest, "endpoints");
    const entry = entries.find((one) => one.name === name);
    if (entry === undefined) {
      const names = entries.map((one) => one.name).join(", ");
      throw new PatchbayError(
        "endpoint_not_found",
        `"${installation.pluginId}" has no endpoint "${name.slice(0, 64)}"; it has ${names || "none"}.`,
      );
    }
    if (entriesInForce("endpoints", { installation, package: found }).includes(entry)) return entry;
    throw new PatchbayError(
      "permission_denied",
      `"${installation.pluginId}" was not granted endpoints.serve, without which it answers nobody.`,
      { facts: { permission: "endpoints.serve" } },
    );
  }

  #requireWithinFile({ maxBodyBytes }: EndpointChoices): void {
    if (maxBodyBytes > this.#maxFileBytes)
      throw invalid(
        "/maxBodyBytes",
        `This server takes at most ${this.#maxFileBytes} bytes at once (PATCHBAY_MAX_FILE_MIB).`,
      );
  }
}

const requireAuthentication = ({ authentication }: EndpointChoices, entry: Entry | null): void => {
  const wrong = authenticationFault(authentication, entry?.authentication ?? "none");
  if (wrong !== null) throw invalid("/authentication", wrong);
};

/** A chosen one begins with the organization, so that none takes one from another. */
const addressOf = (slug: string, chosen: string | undefined): string =>
  chosen === undefined ? randomBytes(ADDRESS_BYTES).toString("hex") : `${slug}.${chosen}`;

const taken = (): PatchbayError =>
  new PatchbayError("address_taken", "There is an endpoint at this address already. Choose another one.");

const invalid = (pointer: string, message: string): PatchbayError =>
  new PatchbayError("invalid_request", message, { errors: [{ pointer, message }] });
