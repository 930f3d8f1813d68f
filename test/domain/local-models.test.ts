import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Installation, LocalAccess, ofServerCode, type Principal } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { failing, plain, type TestPlugin } from "./support/plugins.ts";

const NET = { name: "net.fetch", hosts: ["{ollama.url}", "{other.url}", "127.0.0.1"] };
const GROUP = { type: "object", properties: { url: { type: "string", format: "uri" } } };
const MANIFEST = {
  permissions: { required: [NET] },
  settings: { type: "object", properties: { ollama: GROUP, other: GROUP, days: { type: "number" } } },
};
const BUILTIN = { organizationId: null, source: "builtin", badge: "builtin" } as const;

let domain: Domain;
let access: LocalAccess;
let organization: TestOrganization;
let installation: Installation;
/** Administers the deployment and the organization. */
let operator: Principal;
let server: Server;
let count = 0;

beforeAll(async () => {
  domain = await openDomain({ allowPrivate: [] });
  access = new LocalAccess(domain.context, domain);
  server = createServer((_request, response) => void response.end("there"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await domain.close();
});
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
  operator = await organization.join("admin", {}, { deploymentAdmin: true });
  count += 1;
  installation = await installed(plain(`patchbay.local-${count}`, { manifest: MANIFEST }));
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const address = () => `${origin()}/v1`;

const installed = async (
  plugin: TestPlugin,
  { more = BUILTIN, grants = [NET] }: { more?: object; grants?: readonly unknown[] } = {},
): Promise<Installation> => {
  await organization.bring(plugin, more);
  const { owner, slug } = organization;
  const request = { plugin: plugin.manifest.id, grants: grants as never };
  return (await domain.installer.install(owner, slug, request)).installation;
};

const reach = async (
  { id: installationId, organizationId, pluginId, version }: Installation,
  url = address(),
  project?: string,
): Promise<string | null> => {
  const call = ofServerCode({
    spec: { installationId, organizationId, pluginId, version },
    method: "fetch",
    params: { url, method: "GET", headers: [], redirect: "error", hasBody: false },
    attachment: new Uint8Array(),
    signal: new AbortController().signal,
    ...(project !== undefined && { project }),
  });
  return await codeOf(domain.gate.handle(call));
};

const open = async (
  by: Principal = operator,
  proof: () => Promise<unknown> = async () => undefined,
  grants: readonly string[] = [],
) =>
  await access.open(
    by,
    organization.slug,
    installation.pluginId,
    { pointer: "/ollama/url", address: address(), grants },
    proof,
  );

const put = (values: object, project: string | null = null, by = organization.owner) =>
  domain.configuration.putSettings(by, organization.slug, installation.pluginId, project, values);

const settingsNow = async () => {
  const { owner, slug } = organization;
  return (await domain.configuration.settings(owner, slug, installation.pluginId, null)).values;
};

const now = async (): Promise<Installation> => {
  const found = await domain.database.installations.findById(installation.id);
  if (found === null) throw new Error("It is not installed any more.");
  return found;
};

describe("an address of this machine", () => {
  it("is not reached because a setting names it", async () => {
    await put({ ollama: { url: address() } });
    expect(await reach(installation)).toBe("fetch_refused");
  });

  it("is reached once an administrator of the deployment has let the plugin, and the plugin is on", async () => {
    await open();
    expect(await reach(installation)).toBeNull();
    expect(await settingsNow()).toEqual({ ollama: { url: address() } });
    expect((await now()).state).toBe("enabled");
  });

  it("is reached with that port alone, and by no other name", async () => {
    await open();
    const { port } = server.address() as AddressInfo;
    const other = createServer((_request, response) => void response.end("inside"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const inside = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await put({ other: { url: `${inside}/` } });
    expect(await reach(installation, `${inside}/`)).toBe("fetch_refused");
    await put({ other: { url: `http://localhost:${port}/` } });
    expect(await reach(installation, `http://localhost:${port}/`)).toBe("fetch_refused");
    await put({ other: { url: `http://[::1]:${port}/` } });
    expect(await reach(installation, `http://[::1]:${port}/`)).toBe("fetch_refused");
    other.close();
  });

  it("is out of reach from the moment on at which the setting says something else, and stays so", async () => {
    await open();
    await put({ days: 3, other: { url: "https://example.org" } });
    expect(await reach(installation)).toBeNull();
    await put({ ollama: { url: `${origin()}/v2` } });
    expect(await reach(installation)).toBe("fetch_refused");
    await put({ ollama: { url: address() } });
    expect(await reach(installation)).toBe("fetch_refused");
    await open();
    const { owner, slug } = organization;
    await domain.configuration.resetSettings(owner, slug, installation.pluginId, null);
    await put({ ollama: { url: address() } });
    expect(await reach(installation)).toBe("fetch_refused");
  });

  it("is none of a project's that has an address of its own, and none that a project names for itself", async () => {
    await open();
    await put({ ollama: { url: "https://gpu.example.org/v1" } }, "web");
    expect(await reach(installation, address(), "web")).toBe("fetch_refused");
    expect(await reach(installation, address(), "app")).toBeNull();
    await put({ ollama: { url: "https://gpu.example.org/v1" } });
    await put({ ollama: { url: address() } }, "web");
    expect(await reach(installation, address(), "web")).toBe("fetch_refused");
  });

  it("is this installation's: no other plugin reaches it, and no other organization", async () => {
    await open();
    const stranger = await installed(plain("acme.stranger", { manifest: MANIFEST }), { more: {} });
    await domain.configuration.putSettings(organization.owner, organization.slug, "acme.stranger", null, {
      ollama: { url: address() },
    });
    expect(await reach(stranger)).toBe("fetch_refused");
    const own = organization;
    organization = await TestOrganization.create(domain);
    const { installation: theirs } = await domain.installer.install(organization.owner, organization.slug, {
      plugin: installation.pluginId,
      grants: [NET] as never,
    });
    await put({ ollama: { url: address() } });
    expect(await reach(theirs)).toBe("fetch_refused");
    // An installation is known by the pipe: one of another organization is none of this one.
    expect(await reach({ ...theirs, id: installation.id })).toBe("permission_denied");
    expect(await reach({ ...installation, organizationId: theirs.organizationId })).toBe("permission_denied");
    organization = own;
  });

  it("is nothing for a package that did not come with Patchbay, whatever is stored for it", async () => {
    const stranger = await installed(plain("acme.claims", { manifest: MANIFEST }), { more: {} });
    const { slug } = organization;
    const consent = { pointer: "/ollama/url", address: address(), grants: [] };
    const asked = access.open(operator, slug, "acme.claims", consent, async () => undefined);
    expect(await codeOf(asked)).toBe("permission_denied");
    const values = { ollama: { url: address() } };
    const local = { "/ollama/url": address() };
    await domain.database.settings.put(stranger.id, { project: null, values, secrets: {}, local });
    domain.settings.forget(stranger.id);
    expect(await reach(stranger)).toBe("fetch_refused");
    // Nor is a package that says it is built in, but was brought by somebody.
    const claims = await installed(plain("acme.builtin", { manifest: MANIFEST }), {
      more: { source: "builtin", badge: "builtin" },
    });
    await domain.database.settings.put(claims.id, { project: null, values, secrets: {}, local });
    domain.settings.forget(claims.id);
    expect(await reach(claims)).toBe("fetch_refused");
  });

  it("goes with the plugin over to the next version that comes with Patchbay", async () => {
    await open();
    const next = plain(installation.pluginId, { version: "1.0.1", manifest: MANIFEST });
    await organization.bring(next, BUILTIN);
    const { owner, slug } = organization;
    const updated = await domain.versions.update(owner, slug, installation.pluginId, { version: "1.0.1" });
    expect(await reach(updated)).toBeNull();
    expect(await reach(installation)).toBe("permission_denied");
  });
});

describe("who lets a plugin reach it", () => {
  it("administers the deployment and the organization, in person or by a key of all rights", async () => {
    const refused = [
      organization.owner,
      await organization.join("admin"),
      await organization.join("member", {}, { deploymentAdmin: true }),
      await organization.join("member", { web: "manager" }, { deploymentAdmin: true }),
      await organization.keyOf(operator, ["org.plugins.write", "org.plugins.configure"]),
    ];
    for (const one of refused) expect(await codeOf(open(one))).toBe("forbidden");
    const other = await TestOrganization.create(domain);
    const elsewhere = await other.join("admin", {}, { deploymentAdmin: true });
    expect(await codeOf(open(elsewhere))).toBe("organization_not_found");
    expect(await settingsNow()).toEqual({});
    expect((await now()).state).toBe("disabled");
  });
});

describe("when a step fails", () => {
  const failed = async (): Promise<never> => {
    throw new PatchbayError("fetch_failed", "It does not answer.");
  };

  it("nothing is changed: settings, grants and state are what they were", async () => {
    await put({ ollama: { url: "https://gpu.example.org/v1" }, days: 3 });
    await domain.configuration.putGrants(organization.owner, organization.slug, installation.pluginId, []);
    const before = await now();
    expect(await codeOf(open(operator, failed, ["net.fetch"]))).toBe("fetch_failed");
    expect(await settingsNow()).toEqual({ ollama: { url: "https://gpu.example.org/v1" }, days: 3 });
    expect(await now()).toMatchObject({ state: "disabled", grants: before.grants, lastError: null });
    expect(await reach(installation)).toBe("permission_denied");
  });

  it("what was reached before still is", async () => {
    await open();
    expect(await codeOf(open(operator, failed))).toBe("fetch_failed");
    expect(await reach(installation)).toBeNull();
    expect((await now()).state).toBe("enabled");
  });

  it("what somebody else has set meanwhile stays, and nothing else that was ended is reached again", async () => {
    const other = { pointer: "/other/url", address: address(), grants: [] };
    await access.open(operator, organization.slug, installation.pluginId, other, async () => undefined);
    const meanwhile = async (): Promise<never> => {
      await put({ ollama: { url: "https://gpu.example.org/v1" }, other: { url: "https://example.org" } });
      await put({ other: { url: address() } });
      return await failed();
    };
    expect(await codeOf(open(operator, meanwhile))).toBe("fetch_failed");
    expect(await settingsNow()).toMatchObject({ ollama: { url: "https://gpu.example.org/v1" } });
    expect(await reach(installation)).toBe("fetch_refused");
  });

  it("what was not agreed to is not granted", async () => {
    await domain.configuration.putGrants(organization.owner, organization.slug, installation.pluginId, []);
    expect(await codeOf(open(operator))).toBe("grants_required");
    expect(await settingsNow()).toEqual({});
    await open(operator, async () => undefined, ["net.fetch"]);
    expect((await now()).grants).toMatchObject([{ name: "net.fetch" }]);
    expect(await reach(installation)).toBeNull();
  });

  it("a plugin that does not start is off again, and reaches nothing", async () => {
    installation = await installed(failing(`patchbay.failing-${count}`, { manifest: MANIFEST }));
    expect(await codeOf(open())).toBe("activation_failed");
    expect((await now()).state).toBe("disabled");
    expect(await settingsNow()).toEqual({});
    expect(await reach(installation)).toBe("fetch_refused");
  });
});
