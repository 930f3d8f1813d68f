import { hashToken, type Principal, SESSION_MS } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";

const PASSWORD = "a password of their own";
const HOME = "192.0.2.7";
const WEEK_MS = 7 * 24 * 3600 * 1000;

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
});

let count = 0;
const address = (): string => `new-${process.pid}-${count++}@example.org`;
const add = (by: Principal, more: object = {}, to = slug) =>
  domain.newcomers.add(by, to, { email: address(), role: "member", name: "New", ...more });
/** Somebody with a password. */
const withPassword = async () => {
  const { member, passwordLink } = await add(owner);
  await domain.newcomers.setPassword(passwordLink?.token ?? "", PASSWORD);
  return member;
};
const signIn = (email: string, password = PASSWORD, from = HOME) =>
  domain.accounts.signIn(email, password, from);
const holderOf = (token: string) => domain.accounts.principalOfSession(hashToken(token));

describe("a session", () => {
  it("is had with the right password, whatever the case of the address, until it ends or is signed out", async () => {
    const { email } = await withPassword();
    const { token } = await signIn(` ${email.toUpperCase()} `);
    expect((await holderOf(token))?.user.email).toBe(email);
    expect((await holderOf(token))?.memberships.map((one) => one.organization.slug)).toEqual([slug]);
    const other = await signIn(email);
    await domain.accounts.signOut(token);
    expect(await holderOf(token)).toBeNull();
    domain.clock.pass(SESSION_MS - 60_000);
    expect(await holderOf(other.token)).not.toBeNull();
    domain.clock.pass(60_001);
    expect(await holderOf(other.token)).toBeNull();
  });

  it("is not had with a wrong password, an unknown address or no password at all, all told alike", async () => {
    const { email } = await withPassword();
    const { email: waiting } = (await add(owner)).member;
    const refusals = [signIn(email, "wrong"), signIn(address()), signIn(waiting), signIn("")];
    const told = await Promise.all(refusals.map((one) => one.catch((error: Error) => error.message)));
    expect(new Set(told)).toEqual(new Set(["E-mail address and password do not belong together."]));
  });

  it("cannot be guessed at: after ten failures there is a pause, which grows, and ends", async () => {
    const { email } = await withPassword();
    const from = "198.51.100.9";
    for (let time = 0; time < 10; time += 1)
      expect(await codeOf(signIn(email, "wrong", from))).toBe("bad_credentials");
    expect(await codeOf(signIn(email, PASSWORD, from))).toBe("rate_limited");
    // Others are not kept out: not from elsewhere.
    expect(await codeOf(signIn(email, PASSWORD, "203.0.113.5"))).toBeNull();
    domain.clock.pass(1_001);
    expect(await codeOf(signIn(email, "wrong", from))).toBe("bad_credentials");
    domain.clock.pass(1_001);
    expect(await codeOf(signIn(email, PASSWORD, from))).toBe("rate_limited");
    domain.clock.pass(1_000);
    expect(await codeOf(signIn(email, PASSWORD, from))).toBeNull();
  });
});

describe("a password", () => {
  it("is changed by who knows the old one, which ends their other sessions and leaves their keys", async () => {
    const { email } = await withPassword();
    const [here, elsewhere] = [await signIn(email), await signIn(email)];
    const who = (await holderOf(here.token)) as Principal;
    const key = await organization.keyOf(who, ["org.plugins.read"]);
    const change = (current: string, by = who) =>
      domain.accounts.changePassword(by, { current, password: "another password" }, here.token, HOME);
    expect(await codeOf(change("wrong"))).toBe("bad_credentials");
    expect(await codeOf(change(PASSWORD, key))).toBe("forbidden");
    expect(await holderOf(elsewhere.token)).not.toBeNull();
    await change(PASSWORD);
    expect(await holderOf(here.token)).not.toBeNull();
    expect(await holderOf(elsewhere.token)).toBeNull();
    expect(await domain.apiKeys.list(who, slug)).toHaveLength(1);
    expect(await codeOf(signIn(email))).toBe("bad_credentials");
    expect(await codeOf(signIn(email, "another password"))).toBeNull();
  });
});

describe("the first administrator", () => {
  it("cannot be made where there are people already", async () => {
    expect(await domain.accounts.createSetupToken()).toBeNull();
    const person = { email: address(), name: "Mallory", password: PASSWORD };
    await domain.database.accounts.createSetupLink(hashToken("late"), new Date(Date.now() + SESSION_MS));
    const made = domain.accounts.setUp("late", person, async () => undefined);
    expect(await codeOf(made)).toBe("setup_link_invalid");
    expect(await domain.database.accounts.findUserByEmail(person.email)).toBeNull();
  });
});

describe("somebody whom an administrator adds", () => {
  it("sets a password by a link that works once, for a week", async () => {
    const { passwordLink } = await add(owner);
    const token = passwordLink?.token ?? "";
    const set = (password = PASSWORD) => codeOf(domain.newcomers.setPassword(token, password));
    expect(await set("short")).toBe("invalid_request");
    const both = await Promise.all([set(), set()]);
    expect(both.filter((code) => code === null)).toHaveLength(1);
    expect(await set()).toBe("link_invalid");
    const late = (await add(owner)).passwordLink?.token ?? "";
    domain.clock.pass(WEEK_MS + 1);
    expect(await codeOf(domain.newcomers.setPassword(late, PASSWORD))).toBe("link_invalid");
  });

  it("gets no password that others chose, unless they administer the deployment", async () => {
    const chosen = await add(owner, { password: PASSWORD });
    expect(chosen.notTaken).toEqual(["password"]);
    expect(await codeOf(signIn(chosen.member.email))).toBe("bad_credentials");
    const boss = await organization.join("owner", {}, { deploymentAdmin: true });
    const trusted = await add(boss, { password: PASSWORD });
    expect(trusted.passwordLink).toBeNull();
    expect(await codeOf(signIn(trusted.member.email))).toBeNull();
  });

  it("keeps name and password when they are known, and it is said so", async () => {
    const { email, name } = await withPassword();
    const again = await add(owner, { email: email.toUpperCase(), name: "Other", password: "other password" });
    expect(again).toMatchObject({ member: { name }, passwordLink: null, notTaken: ["name", "password"] });
    expect(await codeOf(signIn(email))).toBeNull();
  });

  it("is not prepared for another organization: there they come by a link of its own, once, themselves", async () => {
    const other = await TestOrganization.create(domain);
    const prepared = await add(owner);
    const { email } = prepared.member;
    const invited = await add(other.owner, { email, role: "owner", name: "CEO" }, other.slug);
    // What the first organization calls them is not told.
    expect(invited.member.name).toBe(email);
    const token = invited.invitation?.token ?? "";
    const members = await domain.organizations.listMembers(other.owner, other.slug);
    expect(members.map((one) => one.email)).not.toContain(email);
    const user = await domain.database.accounts.findUserByEmail(email);
    const who: Principal = { kind: "person", user: user as Principal["user"], key: null, memberships: [] };
    expect(await codeOf(domain.newcomers.join(owner, token))).toBe("link_invalid");
    expect(await domain.newcomers.join(who, token)).toBe(other.slug);
    expect(await codeOf(domain.newcomers.join(who, token))).toBe("link_invalid");
  });

  it("has to be named, and is not made by those who do not administer", async () => {
    expect(await codeOf(add(owner, { name: undefined }))).toBe("user_not_found");
    expect(await codeOf(add(owner, { email: "nobody" }))).toBe("invalid_request");
    expect(await codeOf(add(await organization.join("member", { web: "manager" })))).toBe("forbidden");
    expect(await codeOf(add(await organization.join("admin"), { role: "owner" }))).toBe("forbidden");
  });

  it("has one account, also when two add them at the same time", async () => {
    const email = address();
    const both = await Promise.all([codeOf(add(owner, { email })), codeOf(add(owner, { email }))]);
    expect(both).toContain(null);
    const members = await domain.organizations.listMembers(owner, slug);
    expect(members.filter((one) => one.email === email)).toHaveLength(1);
  });
});

describe("a forgotten password", () => {
  const linkFor = (by: Principal, userId: string, of = slug) =>
    domain.newcomers.createPasswordLink(by, of, userId);

  it("is replaced by a link of whoever administers all that the person belongs to, which ends their sessions", async () => {
    const { userId, email } = await withPassword();
    const { token: session } = await signIn(email);
    const first = await linkFor(owner, userId);
    const { token } = await linkFor(owner, userId);
    expect(await codeOf(domain.newcomers.setPassword(first.token, "another password"))).toBe("link_invalid");
    expect(await holderOf(session)).not.toBeNull();
    await domain.newcomers.setPassword(token, "another password");
    expect(await holderOf(session)).toBeNull();
    expect(await codeOf(signIn(email, "another password"))).toBeNull();
  });

  it("is not replaced by those who administer only a part, by members, or by a key", async () => {
    const { userId, email } = await withPassword();
    const other = await TestOrganization.create(domain);
    await domain.organizations.setMember(other.owner, other.slug, email, "viewer").catch(() => undefined);
    await domain.database.organizations.setMember(other.id, userId, "viewer");
    expect(await codeOf(linkFor(owner, userId))).toBe("forbidden");
    const boss = await organization.join("owner", {}, { deploymentAdmin: true });
    expect(await codeOf(linkFor(boss, userId))).toBeNull();
    // Nor are those who administer more than whoever asks.
    const admin = await organization.join("admin");
    expect(await codeOf(linkFor(admin, owner.user.id))).toBe("forbidden");
    expect(await codeOf(linkFor(owner, boss.user.id))).toBe("forbidden");
    const member = await organization.join("member");
    expect(await codeOf(linkFor(member, admin.user.id))).toBe("forbidden");
    expect(await codeOf(linkFor(owner, other.owner.user.id))).toBe("user_not_found");
    const key = await organization.keyOf(owner, ["org.members.write"]);
    expect(await codeOf(linkFor(key, member.user.id))).toBe("forbidden");
  });
});
