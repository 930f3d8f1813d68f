import { OfferedTools, type Principal, type ToolOffer, Toolsets } from "@patchbay/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { running } from "./support/plugins.ts";

const ONE = "acme.one";
const WEB = "acme.web";
const both = [ONE, WEB].map((plugin) => ({ plugin, tool: "run", name: plugin.slice(5) }));

let domain: Domain;
let organization: TestOrganization;
let toolsets: Toolsets;
let offered: OfferedTools;
/** Belongs to the project `app` alone. */
let member: Principal;

beforeAll(async () => {
  domain = await openDomain();
  toolsets = new Toolsets(domain.database);
  offered = new OfferedTools(domain.inForce);
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  for (const [id, projects] of [
    [ONE, "all"],
    [WEB, ["web"]],
  ] as const)
    await organization.install(running(id, "() => 1"), { scope: { projects } });
  member = await organization.join("member", { app: "member" });
});

const make = (tools: readonly object[] = both, by = organization.owner) =>
  toolsets.create(by, organization.slug, { name: "office", tools: tools as typeof both });
const offer = (principal: Principal, more: Partial<ToolOffer> = {}): ToolOffer => ({
  by: { principal, organization: organization.slug },
  project: undefined,
  toolset: null,
  ...more,
});

describe("toolsets", () => {
  it("are for owners and administrators to change, and written into the history", async () => {
    const { slug } = organization;
    const manager = await organization.join("member", { web: "manager" });
    const viewer = await organization.join("viewer");
    for (const by of [member, manager, viewer]) expect(await codeOf(make(both, by))).toBe("forbidden");
    const key = await organization.keyOf(organization.owner, ["org.plugins.use"]);
    expect(await codeOf(make(both, key))).toBe("forbidden");
    await make();
    for (const by of [member, manager, viewer]) {
      expect(await codeOf(toolsets.change(by, slug, "office", { title: "Mine" }))).toBe("forbidden");
      expect(await codeOf(toolsets.remove(by, slug, "office"))).toBe("forbidden");
    }
    const admin = await organization.join("admin");
    await toolsets.change(admin, slug, "office", { title: "Office" });
    await toolsets.change(admin, slug, "office", { title: "Office" });
    await toolsets.remove(admin, slug, "office");
    expect(await codeOf(toolsets.remove(admin, slug, "office"))).toBe("toolset_not_found");
    expect((await organization.history()).filter((action) => action.startsWith("toolset"))).toEqual([
      ...["toolset.created", "toolset.changed", "toolset.deleted"],
    ]);
  });

  it("are changed by who has seen what is there", async () => {
    const { owner, slug } = organization;
    const { revision } = await make();
    await toolsets.change(owner, slug, "office", { mode: "search" }, [revision]);
    expect(await codeOf(toolsets.change(owner, slug, "office", { title: "X" }, [revision]))).toBe(
      "revision_changed",
    );
    expect((await toolsets.get(owner, slug, "office")).toolset).toMatchObject({
      mode: "search",
      title: null,
    });
  });

  it("name no plugin to who does not see it", async () => {
    await make();
    const [seen] = await toolsets.list(member, organization.slug);
    expect(seen?.toolset.tools).toEqual([both[0]]);
    expect((await toolsets.get(organization.owner, organization.slug, "office")).toolset.tools).toEqual(both);
  });

  it("keep tools of a plugin that is gone, and take no new ones of it", async () => {
    const { owner, slug } = organization;
    await make();
    await domain.installer.uninstall(owner, slug, ONE, { disable: true });
    await toolsets.change(owner, slug, "office", { tools: [...both].reverse() });
    expect(
      await codeOf(toolsets.change(owner, slug, "office", { tools: [{ plugin: ONE, tool: "other" }] })),
    ).toBe("invalid_request");
    // It may be installed again.
    await organization.install(running(ONE, "() => 1", { version: "1.0.1" }));
    const { toolset } = await toolsets.get(owner, slug, "office");
    expect((await offered.list(offer(owner, { toolset }))).map(({ name }) => name)).toEqual(["web", "one"]);
  });
});

describe("offered tools", () => {
  it("are those that the caller may use, for the project, by name", async () => {
    const names = async (given: ToolOffer) => (await offered.list(given)).map(({ name }) => name);
    const { owner } = organization;
    expect(await names(offer(owner))).toEqual(["acme_one_run", "acme_web_run"]);
    expect(await names(offer(owner, { project: "app" }))).toEqual(["acme_one_run"]);
    expect(await names(offer(member))).toEqual(["acme_one_run"]);
    const viewer = await organization.join("viewer");
    expect(await codeOf(offered.list(offer(viewer)))).toBe("forbidden");
  });

  it("are found by either name, and by none in a toolset that does not have them", async () => {
    const { owner } = organization;
    for (const name of ["acme_one_run", "acme.one_run"])
      expect(await offered.find(offer(owner), name)).toEqual({ plugin: ONE, tool: "run" });
    const { toolset } = await make([{ plugin: ONE, tool: "run" }]);
    expect(await offered.find(offer(owner, { toolset }), "run")).toEqual({ plugin: ONE, tool: "run" });
    for (const name of ["acme_one_run", "one", "constructor", ""])
      expect(await codeOf(offered.find(offer(owner, { toolset }), name)), name).toBe("tool_not_found");
  });

  it("have names that are cut, which lead back to them", async () => {
    const id = `acme.${"long-".repeat(12)}x`;
    await organization.install(running(id, "() => 1"));
    const cut = (await offered.list(offer(organization.owner))).find(({ plugin }) => plugin === id);
    expect(cut?.name).toHaveLength(64);
    expect(await offered.find(offer(organization.owner), cut?.name ?? "")).toEqual({
      plugin: id,
      tool: "run",
    });
  });
});
