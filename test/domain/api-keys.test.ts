import { hashToken, type Principal, RIGHTS, type Right } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";

const MINUTE_MS = 60_000;
const READ: readonly Right[] = ["org.plugins.read"];

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

const make = (by: Principal, rights: readonly Right[], expiresAt: Date | null = null) =>
  domain.apiKeys.create(by, slug, { name: "key", rights, expiresAt });
const holderOf = (token: string) => domain.accounts.principalOfKey(hashToken(token));
const idOf = ({ key }: Principal): string => key?.id ?? "";
const inMinutes = (minutes: number) => new Date(domain.clock.now().getTime() + minutes * MINUTE_MS);

describe("an API key", () => {
  it("acts for its person, in its organization and with its rights", async () => {
    const other = await TestOrganization.create(domain);
    await domain.organizations.setMember(other.owner, other.slug, owner.user.email, "owner");
    owner = await organization.again(owner);
    const key = await organization.keyOf(owner, READ);
    expect(key).toMatchObject({ kind: "api_key", user: { id: owner.user.id } });
    expect(await codeOf(domain.installations.list(key, slug))).toBeNull();
    expect(await codeOf(domain.installations.list(key, other.slug))).toBe("organization_not_found");
    expect(await codeOf(domain.organizations.createProject(key, slug, { slug: "x", name: "X" }))).toBe(
      "forbidden",
    );
  });

  it("is made with rights that its maker has, at least one of them", async () => {
    const member = await organization.join("member");
    expect(await codeOf(make(member, ["org.plugins.write"]))).toBe("forbidden");
    expect(await codeOf(make(member, ["org.plugins.read", "org.audit.read"]))).toBe("forbidden");
    expect(await codeOf(make(member, []))).toBe("invalid_request");
    const reader = await organization.keyOf(owner, READ);
    expect(await codeOf(make(reader, ["org.plugins.use"]))).toBe("forbidden");
    expect(await codeOf(make(reader, READ))).toBeNull();
  });

  it("has no right any more that its person has lost, and none where they are not", async () => {
    const admin = await organization.join("admin");
    const { token } = await make(admin, RIGHTS);
    const isLetIn = async () =>
      await codeOf(
        domain.organizations.rename((await holderOf(token)) as Principal, slug, "Renamed by a key"),
      );
    expect(await isLetIn()).toBeNull();
    await domain.organizations.setMember(owner, slug, admin.user.email, "member");
    expect(await isLetIn()).toBe("forbidden");
    await domain.organizations.removeMember(owner, slug, admin.user.id);
    expect(await isLetIn()).toBe("forbidden");
  });

  it("ends at its time and when it is deleted, with all that it made", async () => {
    const { key, token } = await make(owner, RIGHTS, inMinutes(5));
    const child = await make((await holderOf(token)) as Principal, RIGHTS);
    const grandchild = await make((await holderOf(child.token)) as Principal, READ);
    expect(grandchild.key.expiresAt).toEqual(key.expiresAt);
    domain.clock.pass(4 * MINUTE_MS);
    for (const one of [token, child.token, grandchild.token]) expect(await holderOf(one)).not.toBeNull();
    await domain.apiKeys.delete(owner, slug, child.key.id);
    expect(await holderOf(token)).not.toBeNull();
    expect(await holderOf(grandchild.token)).toBeNull();
    domain.clock.pass(MINUTE_MS + 1);
    expect(await holderOf(token)).toBeNull();
  });

  it("makes nothing that outlasts it, and nobody makes one that has ended already", async () => {
    const short = (await holderOf((await make(owner, RIGHTS, inMinutes(5))).token)) as Principal;
    for (const [by, minutes] of [
      [short, 6],
      [owner, -1],
    ] as const)
      await expect(make(by, READ, inMinutes(minutes))).rejects.toMatchObject({
        code: "invalid_request",
        errors: [{ pointer: "/expiresAt" }],
      });
    const { passwordLink } = await domain.newcomers.add(short, slug, {
      email: `${crypto.randomUUID()}@example.org`,
      name: "New",
      role: "viewer",
    });
    expect(passwordLink?.expiresAt).toEqual(short.key?.expiresAt);
  });

  it("sees and ends itself and what it made; its person's others are for who manages members", async () => {
    const [reader, other] = [await organization.keyOf(owner, READ), await organization.keyOf(owner, READ)];
    const { key: made } = await make(reader, READ);
    const seenBy = async (who: Principal) =>
      (await domain.apiKeys.list(who, slug)).map(({ id }) => id).toSorted();
    expect(await seenBy(reader)).toEqual([idOf(reader), made.id].toSorted());
    expect(await codeOf(domain.apiKeys.delete(reader, slug, idOf(other)))).toBe("api_key_not_found");
    const manager = await organization.keyOf(owner, ["org.plugins.read", "org.members.write"]);
    expect(await seenBy(manager)).toHaveLength(4);
    expect(await codeOf(domain.apiKeys.delete(manager, slug, idOf(other)))).toBeNull();
    const member = await organization.join("member");
    const own = await organization.keyOf(member, READ);
    expect(await seenBy(member)).toEqual([idOf(own)]);
    expect(await codeOf(domain.apiKeys.delete(member, slug, idOf(reader)))).toBe("api_key_not_found");
  });

  it("of another organization is none", async () => {
    const elsewhere = await TestOrganization.create(domain);
    const foreign = await elsewhere.keyOf(elsewhere.owner, READ);
    expect(await codeOf(domain.apiKeys.delete(owner, slug, idOf(foreign)))).toBe("api_key_not_found");
    expect((await domain.apiKeys.list(owner, slug)).map(({ id }) => id)).not.toContain(idOf(foreign));
  });

  it("gives nobody rights that it does not have, by a role or by a project", async () => {
    const key = await organization.keyOf(owner, ["org.members.write", "org.plugins.read"]);
    const member = await organization.join("viewer");
    for (const role of ["owner", "admin", "member"] as const) {
      const raised = domain.organizations.setMember(key, slug, member.user.email, role);
      expect(await codeOf(raised), role).toBe("forbidden");
      const added = { email: `${role}-${crypto.randomUUID()}@example.org`, name: role, role };
      expect(await codeOf(domain.newcomers.add(key, slug, added)), role).toBe("forbidden");
    }
    const managing = domain.organizations.setProjectMember(key, slug, "web", member.user.email, "manager");
    expect(await codeOf(managing)).toBe("forbidden");
    expect(await codeOf(domain.organizations.setMember(key, slug, member.user.email, "viewer"))).toBeNull();
  });

  it("cannot be used by who is shown its name: what is kept is a hash", async () => {
    const { key, token } = await make(owner, READ);
    expect(token.startsWith(key.prefix)).toBe(true);
    expect(JSON.stringify([key, await domain.apiKeys.list(owner, slug)])).not.toContain(token);
    expect(await holderOf(key.prefix)).toBeNull();
  });
});
