import type { Principal } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { KEEPING_PERMISSIONS, keeping } from "./support/keeping.ts";

let domain: Domain;
let organization: TestOrganization;
let ada: Principal;
/** Ada's conversation. */
let id: string;

const PLUGIN = "review.talks";
const PAGE = { limit: 10 };

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  await organization.install(keeping(PLUGIN), { grants: KEEPING_PERMISSIONS as never });
  ada = await organization.join("member");
  const code = `
    const { id } = await api.conversations.create({ scope: "person", title: "Plans" });
    await api.conversations.append(id, [said("a secret plan"), said("of mine", "assistant")]);
    await api.conversations.create({ scope: "plugin", title: "Everybody's" });
    return id;`;
  const by = { principal: ada, organization: organization.slug };
  const call = { kind: "tools", plugin: PLUGIN, name: "run", input: { code } } as const;
  id = ((await domain.gateway.call(by, call)) as { value: string }).value;
});

/** Somebody, as they are once the policy lets administrators read. */
const allowed = async (who = organization.owner): Promise<Principal> => {
  await domain.policies.put(organization.owner, organization.slug, { conversations: "administrators" });
  return await organization.again(who);
};

const everything = (who: Principal, slug = organization.slug, plugin = PLUGIN) => [
  () => domain.review.list(who, slug, plugin, PAGE),
  () => domain.review.find(who, slug, plugin, id),
  () => domain.review.messages(who, slug, plugin, id, PAGE),
  () => domain.review.export(who, slug, plugin, id, "json"),
  () => domain.review.remove(who, slug, plugin, id),
];

describe("conversations that plugins keep", () => {
  it("are read by nobody else unless the policy says so, and nothing is noted then", async () => {
    for (const work of everything(organization.owner)) expect(await codeOf(work())).toBe("policy_blocked");
    expect(await organization.history(PLUGIN)).not.toContain("conversation.read");
    await expect(
      domain.review.list(organization.owner, organization.slug, PLUGIN, PAGE),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/read by nobody else here.*policy \(conversations\)/),
      facts: { rule: "conversations" },
    });
  });

  it("are read by administrators where it does, by nobody else, and only where the plugin is", async () => {
    const owner = await allowed();
    for (const who of [await organization.again(ada), await organization.join("member", { web: "manager" })])
      for (const work of everything(who)) expect(await codeOf(work())).toBe("forbidden");
    for (const work of everything(owner, organization.slug, "other.plugin"))
      expect(await codeOf(work())).toBe("plugin_not_installed");
    const elsewhere = await TestOrganization.create(domain);
    for (const work of everything(owner, elsewhere.slug))
      expect(await codeOf(work())).toBe("organization_not_found");
    await elsewhere.install(keeping(PLUGIN), { grants: KEEPING_PERMISSIONS as never });
    await domain.policies.put(elsewhere.owner, elsewhere.slug, { conversations: "administrators" });
    const stranger = await elsewhere.again(elsewhere.owner);
    for (const [place, work] of everything(stranger, elsewhere.slug).entries())
      expect(await codeOf(work())).toBe(place === 0 ? null : "conversation_not_found");
    const { slug } = organization;
    const { items } = await domain.review.list(owner, slug, PLUGIN, PAGE);
    expect(items.map(({ title, person }) => [title, person?.email ?? null])).toEqual([
      ["Everybody's", null],
      ["Plans", ada.user.email],
    ]);
    const found = await domain.review.list(owner, slug, PLUGIN, { ...PAGE, q: "SECRET" });
    expect(found.items.map((one) => [one.id, one.found])).toEqual([
      [id, { message: "1", role: "user", excerpt: "a secret plan" }],
    ]);
    const messages = await domain.review.messages(owner, slug, PLUGIN, id, PAGE);
    expect(messages.items).toHaveLength(2);
    const { pieces } = await domain.review.export(owner, slug, PLUGIN, id, "json");
    const document = Buffer.concat(await Array.fromAsync(pieces)).toString();
    expect(JSON.parse(document)).toMatchObject({
      conversation: { id },
      messages: [{ id: "1" }, { id: "2" }],
    });
    expect(document).not.toContain("userId");
  });

  it("leave in the audit log who has read which, and not what it says", async () => {
    const owner = await allowed();
    for (const work of everything(owner)) await work();
    const { items } = await domain.database.audit.list(organization.id, { limit: 10, pluginId: PLUGIN });
    const noted = items.filter(({ action }) => action.startsWith("conversation")).toReversed();
    expect(noted.map(({ action }) => action)).toEqual([
      "conversations.listed",
      "conversation.read",
      "conversation.read",
      "conversation.exported",
      "conversation.deleted",
    ]);
    expect(noted.every(({ actor }) => actor.id === owner.user.id)).toBe(true);
    expect(noted[1]?.detail).toEqual({ conversation: id, person: ada.user.id });
    expect(JSON.stringify(noted)).not.toMatch(/Plans|secret/);
    expect(await codeOf(domain.review.find(owner, organization.slug, PLUGIN, id))).toBe(
      "conversation_not_found",
    );
  });
});
