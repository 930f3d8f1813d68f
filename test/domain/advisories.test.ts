import type { Principal } from "@patchbay/core";
import type { OsvDto } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain, running } from "./support/plugins.ts";

const AT = "2026-01-01T00:00:00Z";

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
  for (const market of [domain.market, domain.second]) market.reset();
});

const block = (plugin: string, versions = "*", market = domain.market) =>
  void market.blocked.push({ plugin, versions, reason: "It steals.", at: AT });
const stateOf = async (plugin: string) => {
  const { state, lastError } = (await domain.installations.get(owner, slug, plugin)).installation;
  return `${state} ${lastError?.code ?? ""}`.trim();
};

describe("a version that a marketplace blocks", () => {
  it("is switched off wherever it is installed, whoever brought it, and does not start", async () => {
    const { id } = await organization.install(running("bad.on", "() => 1"));
    await organization.install(plain("bad.off"), { isOn: false });
    await organization.install(plain("good.on"));
    for (const plugin of ["bad.on", "bad.off"]) block(plugin, "<1.0.1");
    await domain.advisories.refresh();
    expect([await stateOf("bad.on"), await stateOf("bad.off"), await stateOf("good.on")]).toEqual([
      "blocked version_blocked",
      "blocked version_blocked",
      "enabled",
    ]);
    expect(domain.runtime.instances().map(({ installationId }) => installationId)).not.toContain(id);
    const enable = () => codeOf(domain.switching.enable(owner, slug, "bad.on"));
    expect(await enable()).toBe("version_blocked");
    await domain.switching.disable(owner, slug, "bad.on");
    expect(await enable()).toBe("version_blocked");
    expect(await organization.titlesFor(owner)).toContain("bad.on 1.0.0 was switched off");
    await organization.bring(plain("bad.new"));
    block("bad.new");
    await domain.advisories.refresh();
    expect(await codeOf(domain.installer.install(owner, slug, { plugin: "bad.new" }))).toBe(
      "version_blocked",
    );
  });

  it("is told once, however often the lists are read", async () => {
    await organization.install(plain("bad.told"));
    block("bad.told");
    for (let time = 0; time < 3; time += 1) await domain.advisories.refresh();
    expect(await organization.titlesFor(owner)).toEqual(["bad.told 1.0.0 was switched off"]);
    expect((await organization.history("bad.told")).filter((one) => one === "plugin.blocked")).toHaveLength(
      1,
    );
  });

  it("can be left by an update, and is off, not on, when it is blocked no more", async () => {
    await organization.install(plain("bad.mended"));
    await organization.install(plain("bad.freed"));
    for (const plugin of ["bad.mended", "bad.freed"]) block(plugin, "1.0.0");
    await domain.advisories.refresh();
    await organization.bring(plain("bad.mended", { version: "1.0.1" }));
    await domain.versions.update(owner, slug, "bad.mended", {});
    await domain.advisories.enforce();
    expect(await stateOf("bad.mended")).not.toContain("blocked");
    domain.market.blocked.splice(0);
    await domain.advisories.refresh();
    expect(await stateOf("bad.freed")).toBe("disabled");
    expect(await codeOf(domain.switching.enable(owner, slug, "bad.freed"))).toBeNull();
  });

  it("stays so while its marketplace does not answer, and whatever another one says", async () => {
    await organization.install(plain("bad.held"));
    block("bad.held", "*", domain.second);
    await domain.advisories.refresh();
    domain.second.isAway = true;
    domain.second.blocked.splice(0);
    await domain.advisories.refresh();
    expect(await stateOf("bad.held")).toContain("blocked");
    domain.second.isAway = false;
    await domain.advisories.refresh();
    expect(await stateOf("bad.held")).toBe("disabled");
  });

  it("is every version where the range means nothing: it was meant to stop something", async () => {
    await organization.install(plain("bad.range"));
    block("bad.range", "all of them");
    await domain.advisories.refresh();
    expect(await stateOf("bad.range")).toContain("blocked");
  });
});

describe("an advisory", () => {
  const advisory = (plugin: string, fixed: string, modified = AT, id = "PB-1"): OsvDto => ({
    id,
    modified,
    affected: [
      {
        package: { ecosystem: "Patchbay", name: plugin },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed }] }],
      },
    ],
  });

  it("is shown to those who see a plugin that it touches, with the version that mends it", async () => {
    await organization.install(plain("leaky.all"));
    await organization.install(plain("leaky.app"), { scope: { projects: ["app"] } });
    domain.market.known.push(advisory("leaky.all", "1.0.1"), advisory("leaky.app", "1.0.1", AT, "PB-2"));
    domain.market.known.push(advisory("leaky.absent", "1.0.1", AT, "PB-3"));
    await domain.advisories.refresh();
    const seen = async (who: Principal) =>
      (await domain.advisories.list(who, slug)).advisories.flatMap(({ touches }) => touches);
    expect(await seen(await organization.join("member", { web: "member" }))).toEqual([
      { plugin: "leaky.all", version: "1.0.0", fixes: ["1.0.1"] },
    ]);
    expect(await seen(owner)).toHaveLength(2);
    await organization.bring(plain("leaky.all", { version: "1.0.1" }));
    await domain.versions.update(owner, slug, "leaky.all", {});
    expect((await seen(owner)).map(({ plugin }) => plugin)).toEqual(["leaky.app"]);
  });

  it("that two marketplaces know is one, as the newer of them says it", async () => {
    await organization.install(plain("leaky.twice"));
    domain.market.known.push(advisory("leaky.twice", "2.0.0", "2026-01-02T00:00:00Z"));
    domain.second.known.push(advisory("leaky.twice", "1.0.1"));
    await domain.advisories.refresh();
    const { advisories } = await domain.advisories.list(owner, slug);
    expect(advisories.map(({ touches, places }) => [touches[0]?.fixes, places.length])).toEqual([
      [["2.0.0"], 2],
    ]);
  });
});
