import type { AccountStore, ApiKey, ExternalIdentity, Invitation, OneTimeLink, User } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { KEPT_ATTEMPTS_MS, KEPT_NETWORKS_MS, KEY_USE_NOTED_EVERY_MS } from "../limits.ts";
import type { Row, Tables } from "../tables.ts";

const USER_COLUMNS = [
  "users.id",
  "users.email",
  "users.name",
  "users.passwordHash",
  "users.deploymentAdmin",
  "users.preparedBy",
  "users.createdAt",
] as const;

/** People, sessions and keys in tables of the same names. */
export class PostgresAccountStore implements AccountStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async createUser(user: Omit<User, "createdAt">): Promise<User> {
    const created = await this.#db
      .insertInto("users")
      .values({
        id: user.id,
        email: user.email.toLowerCase(),
        name: user.name,
        passwordHash: user.passwordHash,
        deploymentAdmin: user.deploymentAdmin,
        preparedBy: user.preparedBy,
      })
      .onConflict((conflict) => conflict.column("email").doNothing())
      .returning(USER_COLUMNS)
      .executeTakeFirst();
    if (created !== undefined) return created;
    throw new PatchbayError("already_exists", `There is an account for ${user.email} already.`);
  }

  async findUser(id: string): Promise<User | null> {
    const users = this.#db.selectFrom("users").select(USER_COLUMNS);
    return (await users.where("id", "=", id).executeTakeFirst()) ?? null;
  }

  async findUserByEmail(email: string): Promise<User | null> {
    const users = this.#db.selectFrom("users").select(USER_COLUMNS);
    return (await users.where("email", "=", email.toLowerCase()).executeTakeFirst()) ?? null;
  }

  async hasUsers(): Promise<boolean> {
    return (await this.#db.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined;
  }

  async findUserByIdentity({ issuer, subject }: ExternalIdentity): Promise<User | null> {
    const user = await this.#db
      .selectFrom("identities")
      .innerJoin("users", "users.id", "identities.userId")
      .select(USER_COLUMNS)
      .where("identities.issuer", "=", issuer)
      .where("identities.subject", "=", subject)
      .executeTakeFirst();
    return user ?? null;
  }

  async createIdentity({ issuer, subject }: ExternalIdentity, userId: string): Promise<void> {
    const created = await this.#db
      .insertInto("identities")
      .values({ issuer, subject, userId })
      .onConflict((conflict) => conflict.columns(["issuer", "subject"]).doNothing())
      .returning("userId")
      .executeTakeFirst();
    if (created === undefined)
      throw new PatchbayError("already_exists", "Somebody signs in with this identity already.");
  }

  async createSession(session: { tokenHash: string; userId: string; expiresAt: Date }): Promise<void> {
    const { tokenHash, userId, expiresAt } = session;
    await this.#db.insertInto("sessions").values({ tokenHash, userId, expiresAt }).execute();
  }

  async findSessionUser(tokenHash: string, now: Date): Promise<User | null> {
    const user = await this.#db
      .selectFrom("sessions")
      .innerJoin("users", "users.id", "sessions.userId")
      .select(USER_COLUMNS)
      .where("sessions.tokenHash", "=", tokenHash)
      .where("sessions.expiresAt", ">", now)
      .executeTakeFirst();
    return user ?? null;
  }

  async sessionEnd(tokenHash: string): Promise<Date | null> {
    const session = await this.#db
      .selectFrom("sessions")
      .select("expiresAt")
      .where("tokenHash", "=", tokenHash)
      .executeTakeFirst();
    return session?.expiresAt ?? null;
  }

  async deleteSession(tokenHash: string): Promise<void> {
    await this.#db.deleteFrom("sessions").where("tokenHash", "=", tokenHash).execute();
  }

  async deleteOtherSessions(userId: string, tokenHash: string | null): Promise<void> {
    const all = this.#db.deleteFrom("sessions").where("userId", "=", userId);
    await (tokenHash === null ? all : all.where("tokenHash", "!=", tokenHash)).execute();
  }

  async setPassword(userId: string, passwordHash: string | null): Promise<void> {
    await this.#db.updateTable("users").set({ passwordHash }).where("id", "=", userId).execute();
    await this.#db.deleteFrom("passwordLinks").where("userId", "=", userId).execute();
  }

  async setPreparedBy(userId: string, preparedBy: string | null): Promise<void> {
    await this.#db.updateTable("users").set({ preparedBy }).where("id", "=", userId).execute();
  }

  async createPasswordLink(link: OneTimeLink): Promise<void> {
    const { tokenHash, userId, expiresAt, madeByKey } = link;
    await this.#db.deleteFrom("passwordLinks").where("userId", "=", userId).execute();
    await this.#db.insertInto("passwordLinks").values({ tokenHash, userId, expiresAt, madeByKey }).execute();
  }

  async usePasswordLink(tokenHash: string, now: Date): Promise<User | null> {
    const used = await this.#db
      .deleteFrom("passwordLinks")
      .where("tokenHash", "=", tokenHash)
      .where("expiresAt", ">", now)
      .returning("userId")
      .executeTakeFirst();
    return used === undefined ? null : await this.findUser(used.userId);
  }

  async findPasswordLink(tokenHash: string, now: Date): Promise<User | null> {
    const user = await this.#db
      .selectFrom("passwordLinks")
      .innerJoin("users", "users.id", "passwordLinks.userId")
      .select(USER_COLUMNS)
      .where("passwordLinks.tokenHash", "=", tokenHash)
      .where("passwordLinks.expiresAt", ">", now)
      .executeTakeFirst();
    return user ?? null;
  }

  async createInvitation(invitation: OneTimeLink & Invitation): Promise<void> {
    const { tokenHash, userId, organizationId, role, expiresAt, madeByKey } = invitation;
    await this.#db
      .insertInto("invitations")
      .values({ tokenHash, userId, organizationId, role, expiresAt, madeByKey })
      .execute();
  }

  async useInvitation(tokenHash: string, userId: string, now: Date): Promise<Invitation | null> {
    const used = await this.#db
      .deleteFrom("invitations")
      .where("tokenHash", "=", tokenHash)
      .where("userId", "=", userId)
      .where("expiresAt", ">", now)
      .returning(["organizationId", "role"])
      .executeTakeFirst();
    return used ?? null;
  }

  async noteNetwork(userId: string, network: string, at: Date): Promise<void> {
    await this.#db
      .insertInto("knownNetworks")
      .values({ userId, network, seenAt: at })
      .onConflict((conflict) => conflict.columns(["userId", "network"]).doUpdateSet({ seenAt: at }))
      .execute();
  }

  async knowsNetwork(userId: string, network: string, since: Date): Promise<boolean> {
    const known = await this.#db
      .selectFrom("knownNetworks")
      .select("network")
      .where("userId", "=", userId)
      .where("network", "=", network)
      .where("seenAt", ">=", since)
      .executeTakeFirst();
    return known !== undefined;
  }

  async removeExpired(now: Date): Promise<void> {
    await this.#db.deleteFrom("sessions").where("expiresAt", "<=", now).execute();
    await this.#db.deleteFrom("setupLinks").where("expiresAt", "<=", now).execute();
    await this.#db.deleteFrom("passwordLinks").where("expiresAt", "<=", now).execute();
    await this.#db.deleteFrom("invitations").where("expiresAt", "<=", now).execute();
    const forgotten = new Date(now.getTime() - KEPT_NETWORKS_MS);
    await this.#db.deleteFrom("knownNetworks").where("seenAt", "<", forgotten).execute();
    const oldest = new Date(now.getTime() - KEPT_ATTEMPTS_MS);
    await this.#db.deleteFrom("signInAttempts").where("at", "<", oldest).execute();
  }

  async createApiKey(key: Omit<ApiKey, "createdAt" | "lastUsedAt"> & { tokenHash: string }): Promise<ApiKey> {
    const { id, tokenHash, name, prefix, userId, organizationId, madeByKey, rights, expiresAt } = key;
    const created = await this.#db
      .insertInto("apiKeys")
      .values({
        id,
        tokenHash,
        name,
        prefix,
        userId,
        organizationId,
        madeByKey,
        expiresAt,
        rights: JSON.stringify(rights),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (created !== undefined) return toApiKey(created);
    throw new PatchbayError("already_exists", "There is such an API key already.");
  }

  async useApiKey(tokenHash: string, now: Date): Promise<{ key: ApiKey; user: User } | null> {
    const row = await this.#db
      .selectFrom("apiKeys")
      .selectAll()
      .where("tokenHash", "=", tokenHash)
      .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", now)]))
      .executeTakeFirst();
    const user = row === undefined ? null : await this.findUser(row.userId);
    if (row === undefined || user === null) return null;
    const lastUsedAt = await this.#noteUse(row, now);
    return { key: toApiKey({ ...row, lastUsedAt }), user };
  }

  async listApiKeys(organizationId: string, userId?: string): Promise<ApiKey[]> {
    let keys = this.#db.selectFrom("apiKeys").selectAll().where("organizationId", "=", organizationId);
    if (userId !== undefined) keys = keys.where("userId", "=", userId);
    return (await keys.orderBy("createdAt").orderBy("id").execute()).map(toApiKey);
  }

  async findApiKey(organizationId: string, id: string): Promise<ApiKey | null> {
    const row = await this.#db
      .selectFrom("apiKeys")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : toApiKey(row);
  }

  async deleteApiKey(organizationId: string, id: string): Promise<void> {
    await this.#db
      .deleteFrom("apiKeys")
      .where("organizationId", "=", organizationId)
      .where("id", "=", id)
      .execute();
  }

  async deleteApiKeysOf(userId: string): Promise<void> {
    await this.#db.deleteFrom("apiKeys").where("userId", "=", userId).execute();
  }

  async createSetupLink(tokenHash: string, expiresAt: Date): Promise<void> {
    await this.#db.insertInto("setupLinks").values({ tokenHash, expiresAt }).execute();
  }

  async useSetupLink(tokenHash: string, now: Date): Promise<boolean> {
    const used = await this.#db
      .deleteFrom("setupLinks")
      .where("tokenHash", "=", tokenHash)
      .where("expiresAt", ">", now)
      .returning("tokenHash")
      .executeTakeFirst();
    return used !== undefined;
  }

  async countAttempt(subject: string, at: Date, since: Date): Promise<number> {
    return await atomically(this.#db, async (db) => {
      // One at a time for each subject: two that count at once would not see each other.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`attempt:${subject}`}, 0))`.execute(db);
      await db.insertInto("signInAttempts").values({ subject, at }).execute();
      const { count } = await db
        .selectFrom("signInAttempts")
        .select((select) => select.fn.countAll<string>().as("count"))
        .where("subject", "=", subject)
        .where("at", ">=", since)
        .executeTakeFirstOrThrow();
      return Number(count);
    });
  }

  async attemptsOf(subject: string, since: Date): Promise<{ count: number; lastAt: Date | null }> {
    const { count, lastAt } = await this.#db
      .selectFrom("signInAttempts")
      .select((select) => [select.fn.countAll<string>().as("count"), select.fn.max("at").as("lastAt")])
      .where("subject", "=", subject)
      .where("at", ">=", since)
      .executeTakeFirstOrThrow();
    return { count: Number(count), lastAt };
  }

  async clearAttempts(subject: string): Promise<void> {
    await this.#db.deleteFrom("signInAttempts").where("subject", "=", subject).execute();
  }

  async #noteUse(key: Row<"apiKeys">, now: Date): Promise<Date | null> {
    const notedBefore = new Date(now.getTime() - KEY_USE_NOTED_EVERY_MS);
    if (key.lastUsedAt !== null && key.lastUsedAt > notedBefore) return key.lastUsedAt;
    await this.#db
      .updateTable("apiKeys")
      .set({ lastUsedAt: now })
      .where("id", "=", key.id)
      .where((where) => where.or([where("lastUsedAt", "is", null), where("lastUsedAt", "<=", notedBefore)]))
      .execute();
    return now;
  }
}

const toApiKey = ({ tokenHash: _, ...key }: Row<"apiKeys">): ApiKey => key;
