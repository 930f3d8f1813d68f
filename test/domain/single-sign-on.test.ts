import { hashToken, type ProvenIdentity, SingleSignOn } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";

const ISSUER = "https://sign-in.example";

let domain: Domain;
let organization: TestOrganization;
let singleSignOn: SingleSignOn;

beforeAll(async () => {
  domain = await openDomain();
  const { database, accounts, world } = domain;
  singleSignOn = new SingleSignOn({ database, accounts, world, allowedDomains: ["acme.example"] });
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

const identity = (more: Partial<ProvenIdentity> = {}): ProvenIdentity => {
  const subject = crypto.randomUUID();
  return {
    issuer: ISSUER,
    subject,
    email: `${subject}@acme.example`,
    emailVerified: true,
    name: "Ada",
    ...more,
  };
};
const signIn = async (one: ProvenIdentity) => (await singleSignOn.signIn(one)).user;

describe("somebody who signs in elsewhere", () => {
  it("gets an account with the first sign-in, and the same one from then on, whatever their address becomes", async () => {
    const first = identity();
    const user = await signIn(first);
    expect(user).toMatchObject({
      email: first.email,
      name: "Ada",
      passwordHash: null,
      deploymentAdmin: false,
    });
    const moved = { ...first, email: "other@elsewhere.example", emailVerified: false };
    expect((await signIn(moved)).id).toBe(user.id);
    const { token } = await singleSignOn.signIn(first);
    expect((await domain.accounts.principalOfSession(hashToken(token)))?.user.id).toBe(user.id);
  });

  it("gets one account when they come twice at the same time", async () => {
    const one = identity();
    const both = await Promise.all([signIn(one), signIn(one)]);
    expect(both[0].id).toBe(both[1].id);
  });

  it("is let in with an address of an allowed domain, and otherwise when the address is known here", async () => {
    const known = await organization.join(
      "member",
      {},
      { email: `${crypto.randomUUID()}@elsewhere.example` },
    );
    const foreign = identity({ email: `${crypto.randomUUID()}@elsewhere.example` });
    expect(await codeOf(signIn(foreign))).toBe("sign_in_not_allowed");
    for (const tricky of ["x@acme.example.evil.example", "x@acme.example@evil.example", "x@sub.acme.example"])
      expect(await codeOf(signIn(identity({ email: tricky })))).not.toBeNull();
    expect((await signIn(identity({ email: known.user.email }))).id).toBe(known.user.id);
  });

  it("is believed to have the address that the provider vouches for, letter by letter", async () => {
    const { user } = await organization.join(
      "member",
      {},
      { email: `kim-${crypto.randomUUID()}@acme.example` },
    );
    for (const email of [null, user.email, user.email.replace("k", "\u212a")]) {
      const one = identity({ email, emailVerified: email !== user.email });
      expect(await codeOf(signIn(one))).toBe("email_unverified");
    }
    expect((await signIn(identity({ email: user.email.toUpperCase() }))).id).toBe(user.id);
  });

  it("is told from others by provider and name there, exactly", async () => {
    const first = identity({ subject: `S-${crypto.randomUUID()}` });
    const { id } = await signIn(first);
    for (const other of [
      { ...first, subject: first.subject.toLowerCase(), email: identity().email },
      { ...first, issuer: `${ISSUER}/`, email: identity().email },
    ])
      expect((await signIn(other)).id).not.toBe(id);
  });

  it("takes over the account that an organization has prepared: its password, sessions and keys end", async () => {
    const { member, passwordLink } = await domain.newcomers.add(organization.owner, organization.slug, {
      email: identity().email ?? "",
      name: "CEO",
      role: "member",
    });
    await domain.newcomers.setPassword(passwordLink?.token ?? "", "known to another one");
    const { token } = await domain.accounts.signIn(member.email, "known to another one", "192.0.2.1");
    const impostor = await domain.accounts.principalOfSession(hashToken(token));
    if (impostor === null) throw new Error("They have signed in.");
    const key = { name: "kept", rights: ["org.plugins.read"], expiresAt: null } as const;
    const { token: byKey } = await domain.apiKeys.create(impostor, organization.slug, key);
    expect((await signIn(identity({ email: member.email }))).id).toBe(member.userId);
    expect(await domain.accounts.principalOfSession(hashToken(token))).toBeNull();
    expect(await domain.accounts.principalOfKey(hashToken(byKey))).toBeNull();
    const again = domain.accounts.signIn(member.email, "known to another one", "192.0.2.1");
    expect(await codeOf(again)).toBe("bad_credentials");
  });
});
