import { PatchbayError } from "@patchbay/protocol";
import { actorOf, authorize, type Principal } from "../access/access.ts";
import { RIGHTS, type Right } from "../access/rights.ts";
import type { ApiKey, User } from "../ports/account-store.ts";
import type { Database } from "../ports/database.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { World } from "../world.ts";
import { API_KEY_PREFIX, hashToken, newToken } from "./tokens.ts";

/** A session ends after this long, used or not: 14 days. */
export const SESSION_MS = 14 * 24 * 3600 * 1000;
/** A printed set-up link is good for a day. */
const SETUP_LINK_MS = 24 * 3600 * 1000;
/** Sign-ins that may fail for one address, and from one client, in the window. Generous to people, useless for guessing. */
const ATTEMPT_WINDOW_MS = 15 * 60 * 1000;
const MAX_ATTEMPTS_PER_ADDRESS = 10;
const MAX_ATTEMPTS_PER_CLIENT = 100;
/** The least that NIST SP 800-63B asks of a password that a person chose; the most bounds the work of hashing. */
const MIN_PASSWORD_CHARACTERS = 8;
const MAX_PASSWORD_CHARACTERS = 256;

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** A session that begins: its token is for the person alone. */
export interface OpenSession {
  readonly token: string;
  readonly user: User;
  readonly expiresAt: Date;
}

/** People, how they prove who they are, and their API keys. */
export class Accounts {
  readonly #database: Database;
  readonly #passwords: PasswordHasher;
  readonly #world: World;
  #decoyHash: Promise<string> | undefined;

  constructor(database: Database, passwords: PasswordHasher, world: World) {
    this.#database = database;
    this.#passwords = passwords;
    this.#world = world;
  }

  /** Creates a person; without a password they sign in elsewhere only. Throws `invalid_request` or `already_exists`. */
  async createPerson(
    person: Omit<NewPerson, "password"> & { readonly password: string | null },
    deploymentAdmin = false,
  ): Promise<User> {
    const email = normalizeEmail(person.email);
    if (person.password !== null) checkPassword(person.password);
    return await this.#database.accounts.createUser({
      id: this.#world.newId(),
      email,
      name: person.name,
      passwordHash: person.password === null ? null : await this.#passwords.hash(person.password),
      deploymentAdmin,
    });
  }

  /**
   * A new session's token. Throws `bad_credentials`, in the same time whether or not the address is known, or
   * `rate_limited` after too many failures for the address or from the client.
   */
  async signIn(email: string, password: string, client: string): Promise<OpenSession> {
    const address = email.trim().toLowerCase();
    await this.#limitAttempts(address, client);
    const user = await this.#database.accounts.findUserByEmail(address);
    const matches = await this.#passwords.verify(
      user?.passwordHash ?? (await this.#decoy()),
      password.slice(0, MAX_PASSWORD_CHARACTERS),
    );
    if (user === null || user.passwordHash === null || !matches) {
      throw new PatchbayError("bad_credentials", "E-mail address and password do not belong together.");
    }
    await this.#database.accounts.clearAttempts(`address:${address}`);
    return await this.openSession(user);
  }

  /** A new session for somebody who has proven who they are. */
  async openSession(user: User): Promise<OpenSession> {
    const token = newToken();
    const expiresAt = new Date(this.#world.now().getTime() + SESSION_MS);
    await this.#database.accounts.createSession({ tokenHash: hashToken(token), userId: user.id, expiresAt });
    return { token, user, expiresAt };
  }

  /** Counts a step of a sign-in without a password. Throws `rate_limited` after as many as one client has with passwords. */
  async limitClient(step: string, client: string): Promise<void> {
    const now = this.#world.now();
    const since = new Date(now.getTime() - ATTEMPT_WINDOW_MS);
    const attempts = await this.#database.accounts.countAttempt(`${step}:${client}`, now, since);
    if (attempts > MAX_ATTEMPTS_PER_CLIENT) throw tooManyAttempts();
  }

  /**
   * Gives the caller another password and ends their other sessions; API keys stay. `session` is the token of the one that
   * asks. Throws `forbidden` for a caller with an API key and for people without a password, `bad_credentials`,
   * `rate_limited` or `invalid_request`.
   */
  async changePassword(
    principal: Principal,
    change: { readonly current: string; readonly password: string },
    session: string,
    client: string,
  ): Promise<void> {
    const user = await this.#database.accounts.findUser(principal.user.id);
    if (principal.key !== null || user === null)
      throw new PatchbayError("forbidden", "Sign in to change your password; an API key cannot.");
    if (user.passwordHash === null)
      throw new PatchbayError("forbidden", "You sign in elsewhere and have no password here.");
    await this.#limitAttempts(user.email, client);
    const current = change.current.slice(0, MAX_PASSWORD_CHARACTERS);
    if (!(await this.#passwords.verify(user.passwordHash, current)))
      throw new PatchbayError("bad_credentials", "The current password is another one.", {
        errors: [{ pointer: "/current", message: "This is not your current password." }],
      });
    checkPassword(change.password);
    const passwordHash = await this.#passwords.hash(change.password);
    await this.#database.transaction(async (stores) => {
      await stores.accounts.setPassword(user.id, passwordHash);
      await stores.accounts.deleteOtherSessions(user.id, hashToken(session));
      await stores.audit.append({
        organizationId: null,
        actor: actorOf(principal),
        action: "password.changed",
        pluginId: null,
        detail: {},
      });
    });
    await this.#database.accounts.clearAttempts(`address:${user.email}`);
  }

  async signOut(token: string): Promise<void> {
    await this.#database.accounts.deleteSession(hashToken(token));
  }

  /** Who holds this session; null when it ended or never was. */
  async principalOfSession(tokenHash: string): Promise<Principal | null> {
    const user = await this.#database.accounts.findSessionUser(tokenHash, this.#world.now());
    return user === null
      ? null
      : { user, key: null, memberships: await this.#database.organizations.membershipsOf(user.id) };
  }

  /** Who holds this API key; null when it ended or never was. */
  async principalOfKey(tokenHash: string): Promise<Principal | null> {
    const found = await this.#database.accounts.useApiKey(tokenHash, this.#world.now());
    if (found === null) return null;
    return {
      user: found.user,
      key: found.key,
      memberships: await this.#database.organizations.membershipsOf(found.user.id),
    };
  }

  /** A one-time link token for the first administrator; null when there are people already. */
  async createSetupToken(): Promise<string | null> {
    if (await this.#database.accounts.hasUsers()) return null;
    const token = newToken();
    await this.#database.accounts.createSetupLink(
      hashToken(token),
      new Date(this.#world.now().getTime() + SETUP_LINK_MS),
    );
    return token;
  }

  /** Makes the first administrator. `prepare` sees to what they own, in the same breath. Throws `setup_link_invalid`. */
  async setUp(
    token: string,
    person: NewPerson,
    prepare: (user: User) => Promise<void>,
  ): Promise<OpenSession> {
    checkPassword(person.password);
    normalizeEmail(person.email);
    const isValid = await this.#database.accounts.useSetupLink(hashToken(token), this.#world.now());
    if (!isValid || (await this.#database.accounts.hasUsers())) {
      throw new PatchbayError(
        "setup_link_invalid",
        "This set-up link was used or has expired. Restart the server to get a new one.",
      );
    }
    const user = await this.createPerson(person, true);
    await prepare(user);
    return await this.openSession(user);
  }

  /** A new API key; `token` is shown to its owner now and never again. A key cannot do more than the person who makes it. */
  async createApiKey(
    principal: Principal,
    organizationSlug: string,
    request: { name: string; rights: readonly Right[]; expiresAt: Date | null; token?: string },
  ): Promise<{ key: ApiKey; token: string }> {
    const held = request.rights.map((right) => authorize(principal, organizationSlug, right));
    const organization = held[0]?.organization;
    if (organization === undefined)
      throw new PatchbayError("invalid_request", "An API key needs at least one right.");
    if (request.expiresAt !== null && request.expiresAt <= this.#world.now()) {
      throw new PatchbayError("invalid_request", "The key would have expired already; choose a later time.", {
        errors: [{ pointer: "/expiresAt", message: "The time is in the past." }],
      });
    }
    const token = request.token ?? newToken(API_KEY_PREFIX);
    const key = await this.#database.transaction(async (stores) => {
      const created = await stores.accounts.createApiKey({
        id: this.#world.newId(),
        name: request.name,
        prefix: token.slice(0, API_KEY_PREFIX.length + 6),
        userId: principal.user.id,
        organizationId: organization.id,
        rights: RIGHTS.filter((right) => request.rights.includes(right)),
        expiresAt: request.expiresAt,
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

  /** The caller's own keys, or everyone's for those who manage members. */
  async listApiKeys(principal: Principal, organizationSlug: string): Promise<ApiKey[]> {
    const { organization, seesAll } = keyAccess(principal, organizationSlug);
    return await this.#database.accounts.listApiKeys(
      organization.id,
      seesAll ? undefined : principal.user.id,
    );
  }

  /** Throws `api_key_not_found`. */
  async deleteApiKey(principal: Principal, organizationSlug: string, id: string): Promise<void> {
    const { organization, seesAll } = keyAccess(principal, organizationSlug);
    const key = await this.#database.accounts.findApiKey(organization.id, id);
    if (key === null || (!seesAll && key.userId !== principal.user.id)) {
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

  async #limitAttempts(address: string, client: string): Promise<void> {
    const now = this.#world.now();
    const since = new Date(now.getTime() - ATTEMPT_WINDOW_MS);
    const [forAddress, forClient] = await Promise.all([
      this.#database.accounts.countAttempt(`address:${address}`, now, since),
      this.#database.accounts.countAttempt(`client:${client}`, now, since),
    ]);
    if (forAddress <= MAX_ATTEMPTS_PER_ADDRESS && forClient <= MAX_ATTEMPTS_PER_CLIENT) return;
    throw tooManyAttempts();
  }

  /** Verified against when the address is unknown, so that an answer takes as long as for a known one. */
  #decoy(): Promise<string> {
    this.#decoyHash ??= this.#passwords.hash(newToken());
    return this.#decoyHash;
  }
}

const tooManyAttempts = () =>
  new PatchbayError("rate_limited", "Too many sign-ins failed. Wait a quarter of an hour and try again.", {
    facts: { retryAfterSeconds: ATTEMPT_WINDOW_MS / 1000 },
  });

const keyAccess = (principal: Principal, organizationSlug: string) => {
  const { organization, role } = authorize(principal, organizationSlug, "org.plugins.read");
  return { organization, seesAll: role === "owner" || role === "admin" };
};

/** The address in lower case; null when `text` is none. */
export const readEmail = (text: string): string | null => {
  const address = text.trim().toLowerCase();
  return /^[^@\s]+@[^@\s]+$/.test(address) && address.length <= 254 ? address : null;
};

const normalizeEmail = (email: string): string => {
  const address = readEmail(email);
  if (address !== null) return address;
  throw new PatchbayError("invalid_request", `"${email.slice(0, 100)}" is not an e-mail address.`, {
    errors: [{ pointer: "/email", message: "Write it as name@example.org." }],
  });
};

const checkPassword = (password: string): void => {
  if (password.length >= MIN_PASSWORD_CHARACTERS && password.length <= MAX_PASSWORD_CHARACTERS) return;
  const message = `A password has ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters.`;
  throw new PatchbayError("invalid_request", message, { errors: [{ pointer: "/password", message }] });
};
