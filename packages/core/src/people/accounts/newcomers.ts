import { type AuditAction, PatchbayError } from "@patchbay/protocol";
import { authorize, holds, isDeploymentAdmin, type MemberAuthority } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { requireEmail } from "../../model/email.ts";
import type { OrganizationRole } from "../../model/rights.ts";
import type { OneTimeLink, User } from "../../ports/account-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { Member } from "../../ports/organization-store.ts";
import type { PasswordHasher } from "../../ports/password-hasher.ts";
import type { World } from "../../world.ts";
import type { Organizations } from "../organizations/organizations.ts";
import { PERSONAL_LINK_MS } from "./limits.ts";
import { checkPassword, Passwords } from "./passwords.ts";
import { hashToken, newToken } from "./tokens.ts";

/** Somebody to be added: `name` for whom nobody here knows yet; `password` is taken from administrators of the deployment only. */
export interface NewMember {
  readonly email: string;
  readonly role: OrganizationRole;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
}

/** A token to hand to somebody, shown this once. */
export interface HandedLink {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface AddedMember {
  readonly member: Member<OrganizationRole>;
  /** With which the person sets a password; null when they have a way in already. */
  readonly passwordLink: HandedLink | null;
  /** With which the person joins: they are no member before. null when they are one. */
  readonly invitation: HandedLink | null;
  /** What was said of the person and not used. */
  readonly notTaken: readonly ("name" | "password")[];
}

/**
 * How people come in and get their passwords: by links that are handed to them, so that nobody else knows what they sign in with. Whose
 * an account is that one organization has made stands nowhere: to another one its person comes by a link of that one's own.
 */
export class Newcomers {
  readonly #database: Database;
  readonly #organizations: Organizations;
  readonly #passwords: Passwords;
  readonly #world: World;

  constructor(database: Database, organizations: Organizations, passwords: PasswordHasher, world: World) {
    this.#database = database;
    this.#organizations = organizations;
    this.#passwords = new Passwords(passwords);
    this.#world = world;
  }

  /** Adds a person or changes their role. Throws `forbidden`, `user_not_found` (without a name), `invalid_request`, `last_owner`. */
  async add(principal: Principal, slug: string, request: NewMember): Promise<AddedMember> {
    const authority = authorize(principal, slug, "org.members.write");
    const email = requireEmail(request.email);
    const user = await this.#database.accounts.findUserByEmail(email);
    if (user === null && request.name !== undefined)
      return await this.#create(authority, email, { ...request, name: request.name });
    const notTaken = (["name", "password"] as const).filter((field) => request[field] !== undefined);
    if (user !== null && (await this.#needsInvitation(authority, user)))
      return { ...(await this.#invite(authority, user, request.role)), notTaken };
    const member = await this.#organizations.setMember(principal, slug, email, request.role);
    return { member, passwordLink: null, invitation: null, notTaken };
  }

  /**
   * A link with which a member sets another password; earlier ones end. For administrators of every organization of that person, and of
   * the deployment. Throws `forbidden` or `user_not_found`.
   */
  async createPasswordLink(principal: Principal, slug: string, userId: string): Promise<HandedLink> {
    const authority = authorize(principal, slug, "org.members.write");
    const members = await this.#database.organizations.listMembers(authority.organization.id);
    const user = await this.#database.accounts.findUser(userId);
    if (user === null || !members.some((one) => one.userId === userId))
      throw new PatchbayError("user_not_found", "There is no such member.");
    await this.#requireAuthority(principal, user);
    return await this.#audited(authority, "password_link.created", user, async (stores) => {
      const { link, handed } = this.#newLink(user, principal);
      await stores.accounts.createPasswordLink(link);
      return handed;
    });
  }

  /** Sets the password of whoever the link is for, and ends their sessions. Throws `link_invalid` or `invalid_request`. */
  async setPassword(token: string, password: string): Promise<User> {
    checkPassword(password);
    const now = this.#world.now();
    if ((await this.#database.accounts.findPasswordLink(hashToken(token), now)) === null) throw invalidLink();
    const passwordHash = await this.#passwords.hash(password);
    return await this.#database.transaction(async (stores) => {
      const user = await stores.accounts.usePasswordLink(hashToken(token), now);
      if (user === null) throw invalidLink();
      await stores.accounts.setPassword(user.id, passwordHash);
      await stores.accounts.deleteOtherSessions(user.id, null);
      await stores.audit.append({
        organizationId: null,
        actor: { kind: "user", id: user.id, name: user.email },
        action: "password.set",
        pluginId: null,
        detail: {},
      });
      return { ...user, passwordHash };
    });
  }

  /** Makes the caller a member of what the link invites them to; its slug. Throws `forbidden` or `link_invalid`. */
  async join(principal: Principal, token: string): Promise<string> {
    if (principal.key !== null)
      throw new PatchbayError("forbidden", "Sign in to accept an invitation; an API key cannot.");
    const { user } = principal;
    return await this.#database.transaction(async (stores) => {
      const invitation = await stores.accounts.useInvitation(hashToken(token), user.id, this.#world.now());
      if (invitation === null) throw invalidLink();
      const { organizationId, role } = invitation;
      await stores.organizations.setMember(organizationId, user.id, role);
      await stores.audit.append({
        organizationId,
        actor: actorOf(principal),
        action: "member.joined",
        pluginId: null,
        detail: { email: user.email, role },
      });
      const joined = await stores.organizations.membershipsOf(user.id);
      return joined.find(({ organization }) => organization.id === organizationId)?.organization.slug ?? "";
    });
  }

  async #create(
    authority: MemberAuthority,
    email: string,
    { role, name, password }: NewMember & { readonly name: string },
  ): Promise<AddedMember> {
    const { caller, organization } = authority;
    this.#organizations.requireMayMake(authority, role);
    const isTrusted = isDeploymentAdmin(caller);
    const chosen = isTrusted ? password : undefined;
    const passwordHash = chosen === undefined ? null : await this.#passwords.hash(chosen);
    return await this.#database.transaction(async (stores) => {
      const user = await stores.accounts.createUser({
        id: this.#world.newId(),
        email,
        name,
        passwordHash,
        deploymentAdmin: false,
        preparedBy: isTrusted ? null : organization.id,
      });
      await stores.organizations.setMember(organization.id, user.id, role);
      await this.#record(stores, authority, "member.set", { email, role });
      const { link, handed } = this.#newLink(user, caller);
      if (passwordHash === null) await stores.accounts.createPasswordLink(link);
      return {
        member: { userId: user.id, email, name, role },
        passwordLink: passwordHash === null ? handed : null,
        invitation: null,
        notTaken: password !== undefined && !isTrusted ? ["password" as const] : [],
      };
    });
  }

  async #needsInvitation({ caller, organization }: MemberAuthority, user: User): Promise<boolean> {
    if (user.preparedBy === null || user.preparedBy === organization.id || isDeploymentAdmin(caller))
      return false;
    const members = await this.#database.organizations.listMembers(organization.id);
    return members.every(({ userId }) => userId !== user.id);
  }

  async #invite(authority: MemberAuthority, user: User, role: OrganizationRole) {
    this.#organizations.requireMayMake(authority, role);
    return await this.#audited(authority, "member.invited", user, async (stores) => {
      const { link, handed } = this.#newLink(user, authority.caller);
      await stores.accounts.createInvitation({ ...link, organizationId: authority.organization.id, role });
      const { id: userId, email } = user;
      // What the account is called is its organization's to know.
      return { member: { userId, email, name: email, role }, passwordLink: null, invitation: handed };
    });
  }

  /** Whoever sets somebody's password acts as them, everywhere. */
  async #requireAuthority(principal: Principal, user: User): Promise<void> {
    if (principal.key !== null)
      throw new PatchbayError("forbidden", "Sign in to make a link for a password; an API key cannot.");
    if (isDeploymentAdmin(principal)) return;
    const memberships = await this.#database.organizations.membershipsOf(user.id);
    const isAbove = memberships.every(({ organization: { slug }, role }) => {
      const own = principal.memberships.find(({ organization }) => organization.slug === slug)?.role;
      return holds(principal, slug, "org.members.write") && (role !== "owner" || own === "owner");
    });
    if (isAbove && !user.deploymentAdmin) return;
    throw new PatchbayError(
      "forbidden",
      `${user.email} belongs to more than you administer. An administrator of the deployment can make the link.`,
    );
  }

  #newLink({ id: userId }: User, maker: Principal): { link: OneTimeLink; handed: HandedLink } {
    const token = newToken();
    const now = this.#world.now();
    const usual = new Date(now.getTime() + PERSONAL_LINK_MS);
    const latest = maker.key?.expiresAt ?? usual;
    const expiresAt = latest < usual ? latest : usual;
    return {
      link: { tokenHash: hashToken(token), userId, expiresAt, madeByKey: maker.key?.id ?? null },
      handed: { token, expiresAt },
    };
  }

  async #audited<T>(
    authority: MemberAuthority,
    action: AuditAction,
    { email }: User,
    work: (stores: Stores) => Promise<T>,
  ): Promise<T> {
    return await this.#database.transaction(async (stores) => {
      await this.#record(stores, authority, action, { email });
      return await work(stores);
    });
  }

  async #record(
    { audit }: Stores,
    { organization, caller }: MemberAuthority,
    action: AuditAction,
    detail: Record<string, unknown>,
  ): Promise<void> {
    await audit.append({
      organizationId: organization.id,
      actor: actorOf(caller),
      action,
      pluginId: null,
      detail,
    });
  }
}

const invalidLink = () =>
  new PatchbayError("link_invalid", "This link was used, has expired or was replaced by another one.");
