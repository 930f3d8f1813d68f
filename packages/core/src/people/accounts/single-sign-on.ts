import { PatchbayError, textFault } from "@patchbay/protocol";
import { readEmail } from "../../model/email.ts";
import type { ExternalIdentity, User } from "../../ports/account-store.ts";
import type { Actor } from "../../ports/audit-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { World } from "../../world.ts";
import type { Accounts, OpenSession } from "./accounts.ts";

/** As long as a name may be that people choose themselves. */
const MAX_NAME_CHARACTERS = 100;

/** What a sign-in provider has said of a person, checked already: that it is the provider's word, and meant for us. */
export interface ProvenIdentity extends ExternalIdentity {
  readonly email: string | null;
  /** Whether the provider says that the address is the person's. */
  readonly emailVerified: boolean;
  readonly name: string | null;
}

/** Which account belongs to somebody who signs in elsewhere. */
export class SingleSignOn {
  readonly #database: Database;
  readonly #accounts: Accounts;
  readonly #world: World;
  readonly #allowedDomains: ReadonlySet<string>;

  /** People with an address in one of `allowedDomains`, in lower case, get an account when they first come. */
  constructor(parts: {
    database: Database;
    accounts: Accounts;
    world: World;
    allowedDomains: readonly string[];
  }) {
    this.#database = parts.database;
    this.#accounts = parts.accounts;
    this.#world = parts.world;
    this.#allowedDomains = new Set(parts.allowedDomains);
  }

  /**
   * A new session for the person: known by their identity, else by an e-mail address that the provider vouches for, else
   * by a new account. Throws `email_unverified` or `sign_in_not_allowed`.
   */
  async signIn(identity: ProvenIdentity): Promise<OpenSession> {
    return await this.#accounts.openSession(await this.#userOf(identity));
  }

  async #userOf(identity: ProvenIdentity): Promise<User> {
    try {
      return await this.#findOrLink(identity);
    } catch (error) {
      // The same person came twice at once; what was done for the other holds for this one.
      if (error instanceof PatchbayError && error.code === "already_exists")
        return await this.#findOrLink(identity);
      throw error;
    }
  }

  async #findOrLink(identity: ProvenIdentity): Promise<User> {
    const known = await this.#database.accounts.findUserByIdentity(identity);
    if (known !== null) return known;
    const email = vouchedAddress(identity);
    return await this.#database.transaction(async (stores) => {
      const existing = await stores.accounts.findUserByEmail(email);
      const user = existing ?? (await this.#create(stores, identity, email));
      if (user.preparedBy !== null) await handOver(stores, user);
      await stores.accounts.createIdentity(identity, user.id);
      const { issuer, subject } = identity;
      await stores.audit.append({
        organizationId: null,
        actor: actorOf(user),
        action: existing === null ? "account.created" : "account.linked",
        pluginId: null,
        detail: { issuer, subject },
      });
      return user;
    });
  }

  async #create(stores: Stores, identity: ProvenIdentity, email: string): Promise<User> {
    if (!this.#allowedDomains.has(email.slice(email.lastIndexOf("@") + 1)))
      throw new PatchbayError("sign_in_not_allowed", `Nobody here has the address ${email}.`);
    // The first account is the administrator's: its set-up link ends with any account that is made before.
    if (!(await stores.accounts.hasUsers()))
      throw new PatchbayError(
        "sign_in_not_allowed",
        "There is no administrator yet. Set the server up first.",
      );
    return await stores.accounts.createUser({
      id: this.#world.newId(),
      email,
      name: nameOf(identity, email),
      passwordHash: null,
      deploymentAdmin: false,
      preparedBy: null,
    });
  }
}

/** The provider says whose the account is: a password that somebody else may have set, their sessions and their API keys end. */
const handOver = async ({ accounts }: Stores, { id }: User): Promise<void> => {
  await accounts.setPassword(id, null);
  await accounts.deleteOtherSessions(id, null);
  await accounts.deleteApiKeysOf(id);
  await accounts.setPreparedBy(id, null);
};

/** The address by which accounts are found, in lower case. */
const vouchedAddress = ({ email, emailVerified }: ProvenIdentity): string => {
  if (email === null || !emailVerified)
    throw new PatchbayError(
      "email_unverified",
      email === null ? "The provider names no e-mail address." : `The provider has not verified ${email}.`,
    );
  const address = readEmail(email);
  // Some letters of other scripts become Latin ones in lower case: another mailbox than the one that was verified.
  if (address === null || address !== email.trim().replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
    throw new PatchbayError(
      "email_unverified",
      `${email.slice(0, 100)} is not an address that can be told apart.`,
    );
  return address;
};

/** A name that people could not give here is not taken from a provider either. */
const nameOf = ({ name }: ProvenIdentity, email: string): string => {
  const given = [name?.trim() ?? "", email.slice(0, email.indexOf("@"))].map((one) => {
    const cut = one.slice(0, MAX_NAME_CHARACTERS);
    // Not through the middle of a character.
    return one.isWellFormed() && !cut.isWellFormed() ? cut.slice(0, -1) : cut;
  });
  return given.find((one) => textFault(one) === null) ?? "?";
};

const actorOf = ({ id, email }: User): Actor => ({ kind: "user", id, name: email });
