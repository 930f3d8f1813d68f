import { COMING_PERMISSIONS, PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOrganization, type TestOrganization } from "./support/organization.ts";

let organization: TestOrganization | undefined;
let owner: TestOrganization["owner"];
let client: TestOrganization["client"];
let manager: TestOrganization["manager"];
let stranger: TestOrganization["stranger"];

beforeAll(async () => {
  organization = await startOrganization();
  ({ owner, client, manager, stranger } = organization);
});
afterAll(() => organization?.stop());

const [COMING] = COMING_PERMISSIONS;
const WORKS = "export default {};";
/** Starts only when the setting says so. */
const FRAGILE =
  'export default { onActivate(api) { return api.settings.get("works").then((works) => { if (!works) throw new Error("not today"); }); } };';

interface Made {
  readonly needs?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly engine?: string;
}

/** Puts a version into the catalog: `made("acme.geo@1.0.0", …)`. */
const made = async (
  name: string,
  { needs = {}, permissions, code = WORKS, engine = "^1.0.0" }: Made = {},
) => {
  const [id = "", version = ""] = name.split("@");
  const works = { type: "object", properties: { works: { type: "boolean", default: false } } };
  await organization?.upload({
    id,
    version,
    code,
    manifest: {
      dependencies: needs,
      engines: { patchbay: engine },
      ...(permissions && { permissions }),
      ...(code === FRAGILE && { settings: works }),
    },
  });
};

const states = async (...plugins: string[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await client.plugins.list())
      .filter(({ plugin }) => plugins.includes(plugin))
      .map(({ plugin, version, state }) => [plugin, `${version} ${state}`]),
  );

const refusal = async (work: Promise<unknown>): Promise<PatchbayError> => {
  const error = await work.catch((reason: unknown) => reason);
  if (error instanceof PatchbayError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`, { cause: error });
};

describe("installing a plugin that needs others", () => {
  const fetches = { required: [{ name: "net.fetch", hosts: ["tiles.example"], reason: "Reads tiles." }] };

  it("says beforehand what comes along, and what each of them asks for", async () => {
    await made("in.tiles@1.0.0", { permissions: fetches });
    await made("in.geo@1.0.0");
    await made("in.geo@1.4.0", {
      needs: { "in.tiles": "^1.0.0" },
      permissions: { optional: ["storage.scoped"] },
    });
    await made("in.geo@2.0.0");
    await made("in.maps@1.0.0", { needs: { "in.geo": "^1.0.0" } });
    const resolution = await client.catalog.resolution("in.maps", "1.0.0");
    expect(resolution).toMatchObject({
      plugin: "in.maps",
      version: "1.0.0",
      along: [
        {
          plugin: "in.tiles",
          version: "1.0.0",
          permissions: fetches,
          wantedBy: [{ plugin: "in.geo", version: "1.4.0", range: "^1.0.0" }],
        },
        {
          plugin: "in.geo",
          version: "1.4.0",
          permissions: { required: [], optional: [{ name: "storage.scoped" }] },
        },
      ],
      present: [],
    });
    const path = "/api/orgs/default/catalog/in.maps/versions/1.0.0/resolution";
    expect((await manager.get(path)).status).toBe(200);
    expect((await stranger.get(path)).body.code).toBe("organization_not_found");
    expect((await owner.get(path.replace("1.0.0", "9.9.9"))).body.code).toBe("package_not_found");
  });

  it("installs them together, in order, where it applies itself", async () => {
    const scope = { projects: ["web"] };
    const dependencies = { "in.tiles": { grants: ["net.fetch" as const] } };
    const installed = await client.plugins.install({ plugin: "in.maps", scope, dependencies });
    expect(installed).toMatchObject({ plugin: "in.maps", state: "disabled", scope });
    expect(installed.along.map(({ plugin, version }) => `${plugin} ${version}`)).toEqual([
      ...["in.tiles 1.0.0", "in.geo 1.4.0"],
    ]);
    expect(installed.along[0]).toMatchObject({ scope, grants: [{ name: "net.fetch" }] });
    const [event] = (await client.activity.audit({ plugin: "in.tiles", action: "plugin.installed" })).items;
    expect(event?.detail).toMatchObject({ alongWith: "in.maps" });
    expect((await client.catalog.resolution("in.maps", "1.0.0")).present).toEqual([
      {
        plugin: "in.geo",
        version: "1.4.0",
        state: "disabled",
        wantedBy: [{ plugin: "in.maps", version: "1.0.0", range: "^1.0.0" }],
      },
    ]);
  });

  it("is refused at upload when the plugin requires a permission that this Patchbay does not have", async () => {
    const upload = made("in.memory@1.0.0", { permissions: { required: [COMING] } });
    await expect(upload).rejects.toThrow(
      new RegExp(
        `permission_unavailable.*in\\.memory 1\\.0\\.0 requires ${COMING}.*permissions are storage\\.scoped, .*net\\.fetch`,
      ),
    );
  });

  it("offers nothing that this Patchbay does not have, and grants nothing of it", async () => {
    const optional = [COMING, "ui.notifications"];
    await made("in.chat@1.0.0", { permissions: { optional } });
    const { permissions } = await client.catalog.version("in.chat", "1.0.0");
    expect(permissions.optional).toEqual([{ name: "ui.notifications" }]);
    const grants = ["ui.notifications", COMING] as const;
    expect(await refusal(client.plugins.install({ plugin: "in.chat", grants }))).toMatchObject({
      code: "permission_unavailable",
      status: 422,
      errors: [{ pointer: "/grants/1" }],
    });
    await client.plugins.install({ plugin: "in.chat", grants: ["ui.notifications"] });
    expect(await refusal(client.plugins.putGrants("in.chat", grants))).toMatchObject({
      code: "permission_unavailable",
    });
  });
});

describe("enabling and disabling", () => {
  it("starts what is needed first, and stops it only when nobody runs on it", async () => {
    await made("on.tiles@1.0.0");
    await made("on.geo@1.0.0", { needs: { "on.tiles": "*" } });
    await made("on.maps@1.0.0", { needs: { "on.geo": "^1.0.0" } });
    await client.plugins.install({ plugin: "on.maps" });
    expect((await client.plugins.step("on.maps", "enable")).state).toBe("enabled");
    expect(await states("on.maps", "on.geo", "on.tiles")).toEqual({
      "on.geo": "1.0.0 enabled",
      "on.maps": "1.0.0 enabled",
      "on.tiles": "1.0.0 enabled",
    });
    const enabled = (await client.activity.audit({ action: "plugin.enabled", q: "on." })).items;
    expect(enabled.map(({ plugin }) => plugin).reverse()).toEqual(["on.tiles", "on.geo", "on.maps"]);
    expect(await refusal(client.plugins.step("on.geo", "disable"))).toMatchObject({
      code: "dependency_in_use",
      facts: { dependents: ["on.maps"] },
    });
    await client.plugins.step("on.maps", "disable");
    expect((await client.plugins.step("on.geo", "disable")).state).toBe("disabled");
  });

  it("leaves everything off when one of them does not start", async () => {
    await made("on.base@1.0.0");
    await made("on.fragile@1.0.0", { needs: { "on.base": "*" }, code: FRAGILE });
    await made("on.top@1.0.0", { needs: { "on.fragile": "*" } });
    await client.plugins.install({ plugin: "on.top" });
    const error = await refusal(client.plugins.step("on.top", "enable"));
    expect(error).toMatchObject({ code: "activation_failed", facts: { dependency: "on.fragile" } });
    expect(error.message).toMatch(/^"on.top" needs "on.fragile", which could not be enabled: .*not today/);
    expect(await states("on.base", "on.fragile", "on.top")).toEqual({
      "on.base": "1.0.0 disabled",
      "on.fragile": "1.0.0 error",
      "on.top": "1.0.0 disabled",
    });
    await client.plugins.putSettings("on.fragile", { works: true });
    await client.plugins.step("on.top", "enable");
    expect(await states("on.base", "on.fragile", "on.top")).toEqual({
      "on.base": "1.0.0 enabled",
      "on.fragile": "1.0.0 enabled",
      "on.top": "1.0.0 enabled",
    });
  });

  it("does not start what is needed and lacks a grant", async () => {
    await made("on.asking@1.0.0", { permissions: { required: ["storage.scoped"] } });
    await made("on.quiet@1.0.0", { needs: { "on.asking": "*" } });
    await client.plugins.install({
      plugin: "on.quiet",
      dependencies: { "on.asking": { grants: ["storage.scoped"] } },
    });
    await client.plugins.putGrants("on.asking", []);
    expect((await refusal(client.plugins.step("on.quiet", "enable"))).message).toContain("storage.scoped");
    expect(await states("on.asking", "on.quiet")).toEqual({
      "on.asking": "1.0.0 disabled",
      "on.quiet": "1.0.0 disabled",
    });
  });

  it("does not let a project manager start what serves others too", async () => {
    await made("on.common@1.0.0");
    await made("on.own@1.0.0", { needs: { "on.common": "*" } });
    await client.plugins.install({ plugin: "on.common" });
    const body = { plugin: "on.own", scope: { projects: ["web"] } };
    expect((await manager.post("/api/orgs/default/plugins", body)).status).toBe(201);
    const answer = await manager.post("/api/orgs/default/plugins/on.own/enable");
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: "dependency_disabled",
        disabled: ["on.common"],
        detail: expect.stringContaining("administrator"),
      },
    });
    await client.plugins.step("on.common", "enable");
    expect((await manager.post("/api/orgs/default/plugins/on.own/enable")).body.state).toBe("enabled");
  });
});

describe("updating and uninstalling", () => {
  it("is refused with the names of those whom it would break", async () => {
    for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await made(`up.geo@${version}`);
    await made("up.maps@1.0.0", { needs: { "up.geo": "^1.0.0" } });
    await client.plugins.install({ plugin: "up.geo", version: "1.0.0" });
    await client.plugins.install({ plugin: "up.maps" });
    for (const step of ["disabled", "enabled"]) {
      if (step === "enabled") await client.plugins.step("up.maps", "enable");
      expect(await refusal(client.plugins.update("up.geo")), step).toMatchObject({
        code: "dependency_conflict",
        message: 'Version 2.0.0 of "up.geo" does not suit all who want it: up.maps 1.0.0 wants ^1.0.0.',
      });
    }
    expect((await refusal(client.catalog.resolution("up.geo", "2.0.0"))).code).toBe("dependency_conflict");
    expect((await client.plugins.update("up.geo", { version: "1.1.0" })).version).toBe("1.1.0");
    expect(await refusal(client.plugins.uninstall("up.geo", { disable: true }))).toMatchObject({
      code: "dependency_in_use",
      message: 'up.maps needs "up.geo". Uninstall that first.',
      facts: { dependents: ["up.maps"] },
    });
    expect(await states("up.geo")).toEqual({ "up.geo": "1.1.0 enabled" });
    await client.plugins.uninstall("up.maps", { disable: true });
    expect((await client.plugins.update("up.geo")).version).toBe("2.0.0");
    await client.plugins.uninstall("up.geo", { disable: true });
  });

  it("brings nothing along: what a new version needs has to be there, and running", async () => {
    await made("up.tool@1.0.0");
    await made("up.tool@2.0.0", { needs: { "up.helper": "^1.0.0" } });
    await made("up.helper@1.0.0");
    await client.plugins.install({ plugin: "up.tool", version: "1.0.0" });
    await client.plugins.step("up.tool", "enable");
    expect((await refusal(client.plugins.update("up.tool"))).code).toBe("dependency_missing");
    await client.plugins.install({ plugin: "up.helper" });
    expect((await refusal(client.plugins.update("up.tool"))).code).toBe("dependency_disabled");
    expect(await states("up.tool")).toEqual({ "up.tool": "1.0.0 enabled" });
    await client.plugins.step("up.helper", "enable");
    expect((await client.plugins.update("up.tool")).version).toBe("2.0.0");
    await refusal(client.plugins.step("up.helper", "disable"));
    await client.plugins.step("up.tool", "rollback");
    expect((await client.plugins.step("up.helper", "disable")).state).toBe("disabled");
  });
});
