import { PatchbayError } from "@patchbay/protocol";
import { actorOf, type Principal } from "../../access/caller.ts";
import { readEmail, requireEmail } from "../../model/email.ts";
import type { User } from "../../ports/account-store.ts";
import type { Database } from "../../ports/database.ts";
import type { PasswordHasher } from "../../ports/password-hasher.ts";
import type { World } from "../../world.ts";
import { SESSION_MS, SETUP_LINK_MS } from "./limits.ts";
import { checkPassword, Passwords } from "./passwords.ts";
import { SignInLimits } from "./sign-in-limits.ts";
import { hashToken, newToken } from "./tokens.ts";

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

/** People, and how they prove who they are. */
export class Accounts {
  readonly #database: Database;
  readonly #passwords: Passwords;
  readonly #limits: SignInLimits;
  readonly #world: World;

  constructor(database: Database, passwords: PasswordHasher, world: World) {
    this.#database = database;
    this.#passwords = new Passwords(passwords);
    this.#limits = new SignInLimits(database.accounts, world);
    this.#world = world;
  }

  /** Creates an administrator of the deployment. Throws `invalid_request` or `already_exists`. */
  async createAdministrator(person: NewPerson): Promise<User> {
    return await this.#database.accounts.createUser({
      id: this.#world.newId(),
      email: requireEmail(person.email),
      name: person.name,
      passwordHash: await this.#passwords.hash(person.password),
      deploymentAdmin: true,
      preparedBy: null,
    });
  }

  /**
   * A new session's token. Throws `bad_credentials`, in the same time whether or not the address is known, or
   * `rate_limited` after too many failures.
   */
  async signIn(email: string, password: string, client: string): Promise<OpenSession> {
    const address = readEmail(email) ?? "";
    const user = await this.#database.accounts.findUserByEmail(address);
    const matches = await this.#limits.attempt({ name: address, user }, client, () =>
      this.#passwords.matches(user?.passwordHash ?? null, password),
    );
    if (user !== null && matches) return await this.openSession(user);
    throw new PatchbayError("bad_credentials", "E-mail address and password do not belong together.");
  }

  /** A new session for somebody who has proven who they are. */
  async openSession(user: User): Promise<OpenSession> {
    const token = newToken();
    const expiresAt = new Date(this.#world.now().getTime() + SESSION_MS);
    await this.#database.accounts.createSession({ tokenHash: hashToken(token), userId: user.id, expiresAt });
    return { token, user, expiresAt };
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
    const { passwordHash: known } = user;
    // Refused and not held where they are known, too: whoever holds a session only must not guess.
    const isRight = await this.#limits.attempt({ name: `${user.email} (change)`, user: null }, client, () =>
      this.#passwords.matches(known, change.current),
    );
    if (!isRight)
      throw new PatchbayError("bad_credentials", "The current password is another one.", {
        errors: [{ pointer: "/current", message: "This is not your current password." }],
      });
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
  }

  async signOut(token: string): Promise<void> {
    await this.#database.accounts.deleteSession(hashToken(token));
  }

  /** Who holds this session; null when it ended or never was. */
  async principalOfSession(tokenHash: string): Promise<Principal | null> {
    const user = await this.#database.accounts.findSessionUser(tokenHash, this.#world.now());
    return user === null
      ? null
      : {
          kind: "person",
          user,
          key: null,
          memberships: await this.#database.organizations.membershipsOf(user.id),
        };
  }

  /** When the session ends by itself; null when there is none. */
  async endOfSession(tokenHash: string): Promise<Date | null> {
    return await this.#database.accounts.sessionEnd(tokenHash);
  }

  /** Who holds this API key; null when it ended or never was. */
  async principalOfKey(tokenHash: string): Promise<Principal | null> {
    const found = await this.#database.accounts.useApiKey(tokenHash, this.#world.now());
    if (found === null) return null;
    return {
      kind: "api_key",
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
    requireEmail(person.email);
    checkPassword(person.password);
    const isValid = await this.#database.accounts.useSetupLink(hashToken(token), this.#world.now());
    if (!isValid || (await this.#database.accounts.hasUsers())) {
      throw new PatchbayError(
        "setup_link_invalid",
        "This set-up link was used or has expired. Restart the server to get a new one.",
      );
    }
    const user = await this.createAdministrator(person);
    await prepare(user);
    return await this.openSession(user);
  }
}
