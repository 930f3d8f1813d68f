import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, sourceOf } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let slug: string;
let owner: TestOrganization["owner"];
let publisher: string;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  for (const market of [domain.market, domain.second]) market.reset();
  organization = await TestOrganization.create(domain);
  ({ slug, owner } = organization);
  publisher = `p${crypto.randomUUID().slice(0, 8)}`;
});

const search = async (who = owner) => {
  const { items, marketplaces } = await domain.views.search(who, slug, { limit: 200 });
  const own = items.filter(({ found }) => found.publisher === publisher);
  return { own, states: marketplaces.map(({ state }) => state) };
};

describe("the page of the marketplaces", () => {
  it("shows a plugin that two of them have once, as the first one has it", async () => {
    const id = `${publisher}.both`;
    await domain.second.publish(sourceOf(id, { version: "9.0.0" }));
    await domain.market.publish(sourceOf(id));
    const { own } = await search();
    expect(own.map(({ found, marketplace }) => [found.latest, marketplace.name])).toEqual([
      ["1.0.0", "market"],
    ]);
  });

  it("shows the others when one of them does not answer, and says which", async () => {
    await domain.second.publish(sourceOf(`${publisher}.there`));
    domain.market.isAway = true;
    const { own, states } = await search();
    expect([own.length, states]).toEqual([1, ["unavailable", "ok"]]);
    const shown = domain.views.get(owner, slug, `${publisher}.there`);
    expect(await codeOf(shown)).toBe("marketplace_unavailable");
  });

  it("says what the policy has against a plugin, and which version is installed, to those who see it", async () => {
    const id = `${publisher}.app`;
    await domain.market.publish(sourceOf(id));
    await organization.install(plain(id), { scope: { projects: ["app"] }, isOn: false });
    const member = await organization.join("member", { web: "member" });
    const installed = async (who = owner) => (await search(who)).own[0]?.installed;
    expect([await installed(), await installed(member)]).toEqual(["1.0.0", null]);
    const blocked = async () => (await search(await organization.again(owner))).own[0]?.blocked?.rule;
    for (const [policy, rule] of [
      [{ badges: ["official"] }, "badges"],
      [{ sources: ["upload"] }, "sources"],
      [{ install: "nobody" }, "install"],
      [{}, undefined],
    ] as const) {
      await domain.policies.put(owner, slug, policy as object);
      expect(await blocked()).toBe(rule);
    }
  });

  it("names the newest version that can be used here", async () => {
    const id = `${publisher}.versions`;
    await domain.market.publish(sourceOf(id));
    await domain.market.publish(sourceOf(id, { version: "1.1.0" }), { yanked: { reason: "It was broken." } });
    await domain.market.publish(sourceOf(id, { version: "2.0.0-beta.1" }));
    expect((await domain.views.get(owner, slug, id)).found.latest).toBe("1.0.0");
    expect(await codeOf(domain.views.get(owner, slug, `${publisher}.gone`))).toBe("package_not_found");
    expect(await codeOf(domain.views.publisher(owner, slug, publisher))).toBe("publisher_not_found");
  });
});
