import type { Activity, Principal } from "@patchbay/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: Principal;
let leaving = new AbortController();

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  leaving = new AbortController();
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
});
afterEach(() => leaving.abort());

/** All that somebody hears from now on, and how it ended. */
const listen = async (who: Principal) => {
  const heard: Activity[] = [];
  const current = () => organization.again(who);
  const stream = await domain.activity.follow(current, slug, leaving.signal);
  const read = async () => {
    for await (const one of stream) heard.push(one);
  };
  return { heard, ended: codeOf(read()) };
};
/** Everything before it was heard as soon as the mark is. */
const mark = async (...listeners: readonly { heard: readonly Activity[] }[]) => {
  await organization.bring(plain(`mark.m${crypto.randomUUID().slice(0, 8)}`));
  for (const { heard } of listeners)
    await expect.poll(() => heard.some(({ plugin }) => plugin?.startsWith("mark."))).toBe(true);
};
const toldOf = ({ heard }: { heard: readonly Activity[] }) =>
  heard.filter(({ plugin }) => !plugin?.startsWith("mark."));

describe("what people hear of", () => {
  it("is what changes in their organization, and in no other", async () => {
    const elsewhere = await TestOrganization.create(domain);
    const listener = await listen(owner);
    await organization.install(plain("heard.here"));
    await elsewhere.install(plain("heard.there"));
    await mark(listener);
    expect(toldOf(listener)).toContainEqual({ kind: "installation", plugin: "heard.here" });
    expect(JSON.stringify(listener.heard)).not.toContain("heard.there");
  });

  it("names no plugin and no project that they do not see", async () => {
    const settings = { type: "object", properties: { units: { type: "string" } } };
    const listener = await listen(await organization.join("member", { web: "member" }));
    await organization.install(plain("heard.app", { manifest: { settings } }), {
      scope: { projects: ["app"] },
    });
    await domain.configuration.putSettings(owner, slug, "heard.app", "app", { units: "metric" });
    await domain.organizations.renameProject(owner, slug, "app", "Secret");
    await domain.organizations.renameProject(owner, slug, "web", "Known");
    await mark(listener);
    const told = toldOf(listener).filter(({ kind }) => kind !== "catalog");
    expect(JSON.stringify(told)).not.toContain("app");
    expect(told).toContainEqual({ kind: "projects", project: "web" });
    expect(told.map(({ kind }) => kind)).not.toContain("settings");
  });

  it("tells of requests and keys those alone whose they are, and administrators", async () => {
    const member = await organization.join("member");
    const other = await organization.join("member");
    await organization.bring(plain("heard.wanted"));
    const [own, others, admins] = [await listen(member), await listen(other), await listen(owner)];
    await domain.requests.create(member, slug, { plugin: "heard.wanted" });
    await organization.keyOf(member, ["org.plugins.read"]);
    await mark(own, others, admins);
    const kinds = (one: { heard: readonly Activity[] }) => new Set(toldOf(one).map(({ kind }) => kind));
    for (const one of [own, admins])
      expect([...kinds(one)]).toEqual(expect.arrayContaining(["requests", "keys"]));
    expect(kinds(others)).not.toContain("requests");
    expect(kinds(others)).not.toContain("keys");
  });

  it("tells of a scope that has changed those who see the plugin then, and that something is gone the others", async () => {
    await organization.install(plain("heard.moves"), { scope: { projects: ["web"] } });
    const [web, app] = [
      await listen(await organization.join("member", { web: "member" })),
      await listen(await organization.join("member", { app: "member" })),
    ];
    await domain.configuration.putScope(owner, slug, "heard.moves", { projects: ["app"] });
    await mark(web, app);
    expect(toldOf(app)).toContainEqual({ kind: "scope", plugin: "heard.moves" });
    expect(toldOf(web)).toContainEqual({ kind: "installation" });
    expect(JSON.stringify(web.heard)).not.toContain("heard.moves");
  });

  it("ends with their membership, and is refused to those who have none", async () => {
    const member = await organization.join("member");
    const { ended } = await listen(member);
    await domain.organizations.removeMember(owner, slug, member.user.id);
    expect(await ended).toBe("forbidden");
    const stranger = (await TestOrganization.create(domain)).owner;
    expect(await codeOf(listen(stranger))).toBe("organization_not_found");
  });

  it("ends when they go", async () => {
    const { ended } = await listen(owner);
    leaving.abort();
    expect(await ended).toBeNull();
  });
});
