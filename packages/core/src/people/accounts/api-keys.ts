import { PatchbayError } from "@patchbay/protocol";
import { authorize, endOf, holds } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { RIGHTS, type Right } from "../../model/rights.ts";
import type { ApiKey } from "../../ports/account-store.ts";
import type { Database } from "../../ports/database.ts";
import type { World } from "../../world.ts";
import { API_KEY_PREFIX, hashToken, newToken } from "./tokens.ts";

/** Keys by which programs act for people. */
export class ApiKeys {
  readonly #database: Database;
  readonly #world: World;

  constructor(database: Database, world: World) {
    this.#database = database;
    this.#world = world;
  }

  /**
   * A new API key; `token` is shown to its owner now and never again. A key cannot do more than the person who
   * makes it; one that a key makes goes with that key. Throws `forbidden`, `organization_not_found`, `invalid_request`.
   */
  async create(
    principal: Principal,
    organizationSlug: string,
    request: { name: string; rights: readonly Right[]; expiresAt: Date | null; token?: string },
  ): Promise<{ key: ApiKey; token: string }> {
    const held = request.rights.map((right) => authorize(principal, organizationSlug, right));
    const organization = held[0]?.organization;
    if (organization === undefined)
      throw new PatchbayError("invalid_request", "An API key needs at least one right.");
    const expiresAt = endOf(principal, request.expiresAt, this.#world.now());
    const token = request.token ?? newToken(API_KEY_PREFIX);
    const key = await this.#database.transaction(async (stores) => {
      const created = await stores.accounts.createApiKey({
        id: this.#world.newId(),
        name: request.name,
        prefix: token.slice(0, API_KEY_PREFIX.length + 6),
        userId: principal.user.id,
        organizationId: organization.id,
        rights: RIGHTS.filter((right) => request.rights.includes(right)),
        expiresAt,
        madeByKey: principal.key?.id ?? null,
        tokenHash: hashToken(token),
      });
      await stores.audit.append({
        organizationId: organization.id,
        actor: actorOf(principal),
        action: "api_key.created",
        pluginId: null,
        detail: { key: created.id, name: created.name, rights: created.rights },
      });
      return created;
    });
    return { key, token };
  }

  /** The caller's own keys, or everyone's for those who manage members; an API key sees itself and those that it made. */
  async list(principal: Principal, organizationSlug: string): Promise<ApiKey[]> {
    const { organization } = authorize(principal, organizationSlug, "org.plugins.read");
    const sees = visibility(principal, organizationSlug);
    return (await this.#database.accounts.listApiKeys(organization.id)).filter(sees);
  }

  /** Throws `api_key_not_found`. */
  async delete(principal: Principal, organizationSlug: string, id: string): Promise<void> {
    const { organization } = authorize(principal, organizationSlug, "org.plugins.read");
    const key = await this.#database.accounts.findApiKey(organization.id, id);
    if (key === null || !visibility(principal, organizationSlug)(key)) {
      throw new PatchbayError("api_key_not_found", `There is no API key "${id}".`);
    }
    await this.#database.transaction(async (stores) => {
      await stores.accounts.deleteApiKey(organization.id, id);
      await stores.audit.append({
        organizationId: organization.id,
        actor: actorOf(principal),
        action: "api_key.deleted",
        pluginId: null,
        detail: { key: id, name: key.name },
      });
    });
  }
}

/** Which keys the caller may see and end. */
const visibility = (principal: Principal, organizationSlug: string): ((key: ApiKey) => boolean) => {
  if (holds(principal, organizationSlug, "org.members.write")) return () => true;
  const { user, key } = principal;
  return key === null
    ? (one) => one.userId === user.id
    : (one) => one.id === key.id || one.madeByKey === key.id;
};
