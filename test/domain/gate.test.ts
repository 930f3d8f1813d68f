import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { authorize, type HostCall, type Installation, ofServerCode, type Principal } from "@patchbay/core";
import { MAX_STORAGE_VALUE_BYTES } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ofView } from "../../packages/core/src/running/gate/domain.ts";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { plain as plainPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;
let server: Server;
/** Requests that have arrived, by path, with the header that a secret is put into. */
const arrived: { path: string | undefined; key: string | undefined }[] = [];

beforeAll(async () => {
  domain = await openDomain();
  organization = await TestOrganization.create(domain);
  server = createServer((request, response) => {
    const { "x-key": key } = request.headers;
    arrived.push({ path: request.url, key: typeof key === "string" ? key : undefined });
    if (request.url === "/away") response.writeHead(302, { location: "http://localhost/elsewhere" });
    response.end("there");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await domain.close();
});

const port = () => (server.address() as AddressInfo).port;

const callOf = (
  { id: installationId, organizationId, pluginId, version }: Installation,
  method: string,
  params: unknown,
): HostCall => ({
  spec: { installationId, organizationId, pluginId, version },
  method,
  params,
  attachment: new Uint8Array(),
  signal: new AbortController().signal,
});

/** What server code of the installation gets. */
const ask = async (installation: Installation, method: string, params: unknown = {}, project?: string) => {
  const call = callOf(installation, method, params);
  const answer = await domain.gate.handle(
    ofServerCode({ ...call, ...(project !== undefined && { project }) }),
  );
  answer.release?.();
  return answer.value;
};

const askAsView = async (
  who: Principal,
  installation: Installation,
  method: string,
  params: unknown = {},
) => {
  const authority = authorize(who, organization.slug, "org.plugins.use");
  return await domain.gate.handle(ofView(callOf(installation, method, params), authority));
};

const fetching = (path: string, headers: readonly (readonly [string, string])[] = [], method = "GET") => ({
  url: `http://127.0.0.1:${port()}${path}`,
  method,
  headers,
  redirect: "follow",
  hasBody: false,
});

/** An installed plugin that asks for these permissions and has these grants. */
const installed = async (
  id: string,
  optional: readonly unknown[],
  grants: readonly unknown[] = optional,
  settings?: unknown,
) =>
  await organization.install(
    plainPlugin(id, { manifest: { permissions: { optional }, ...(settings !== undefined && { settings }) } }),
    { grants: grants as never, isOn: false },
  );

describe("a call out of a plugin", () => {
  it("passes when its permission is granted, and is refused by name when it is not", async () => {
    const asks = ["storage.scoped", "ui.notifications"];
    const granted = await installed("acme.granted", asks, ["storage.scoped"]);
    await ask(granted, "storage.set", { key: "a", value: 1 });
    expect(await ask(granted, "storage.get", { key: "a" })).toBe(1);
    const refusal = ask(granted, "ui.showNotification", { title: "Hello" });
    await expect(refusal).rejects.toMatchObject({
      code: "permission_denied",
      facts: { permission: "ui.notifications" },
    });
  });

  it("is refused from the moment on at which the grant is withdrawn", async () => {
    const plugin = await installed("acme.withdrawn", ["storage.scoped"]);
    await ask(plugin, "storage.get", { key: "a" });
    await domain.configuration.putGrants(organization.owner, organization.slug, plugin.pluginId, []);
    expect(await codeOf(ask(plugin, "storage.get", { key: "a" }))).toBe("permission_denied");
  });

  it("names something that the platform has, in the form that it asks for", async () => {
    const plugin = await installed("acme.form", ["storage.scoped"]);
    expect(await codeOf(ask(plugin, "storage.burn"))).toBe("permission_denied");
    expect(await codeOf(ask(plugin, "toString"))).toBe("permission_denied");
    expect(await codeOf(ask(plugin, "storage.get"))).toBe("invalid_input");
    expect(await codeOf(ask(plugin, "storage.get", { key: "a", more: 1 }))).toBe("invalid_input");
  });

  it("is that of the version in force, of this installation", async () => {
    const before = await installed("acme.gone", ["storage.scoped"]);
    expect(await codeOf(ask({ ...before, version: "2.0.0" }, "storage.get", { key: "a" }))).toBe(
      "permission_denied",
    );
    await domain.installer.uninstall(organization.owner, organization.slug, "acme.gone", { disable: false });
    expect(await codeOf(ask(before, "storage.get", { key: "a" }))).toBe("permission_denied");
    const { installation } = await domain.installer.install(organization.owner, organization.slug, {
      plugin: "acme.gone",
      grants: ["storage.scoped"],
    });
    expect(await codeOf(ask(before, "storage.get", { key: "a" }))).toBe("permission_denied");
    expect(await ask(installation, "storage.get", { key: "a" })).toBeUndefined();
  });

  it("is counted by the minute where the grant says how many, for each installation by itself", async () => {
    const few = [{ name: "storage.scoped", callsPerMinute: 2 }];
    const one = await installed("acme.few", few);
    const other = await installed("acme.many", few);
    const get = (plugin: Installation) => codeOf(ask(plugin, "storage.get", { key: "a" }));
    domain.clock.pass(60_000 - (domain.clock.now().getTime() % 60_000));
    expect([await get(one), await get(one), await get(one)]).toEqual([null, null, "quota_exceeded"]);
    expect(await get(other)).toBeNull();
    domain.clock.pass(60_000);
    expect(await get(one)).toBeNull();
  });

  it("has no more than the manifest asks for, whatever the grant leaves open", async () => {
    const plugin = await installed(
      "acme.open",
      [{ name: "net.fetch", hosts: ["127.0.0.1"], methods: ["GET"] }],
      ["net.fetch"],
    );
    expect(await ask(plugin, "fetch", fetching("/open"))).toMatchObject({ status: 200 });
    expect(await codeOf(ask(plugin, "fetch", fetching("/open", [], "POST")))).toBe("permission_denied");
    const elsewhere = { ...fetching("/"), url: `http://localhost:${port()}/` };
    expect(await codeOf(ask(plugin, "fetch", elsewhere))).toBe("permission_denied");
  });

  it("follows no redirect to a host that was not granted", async () => {
    const plugin = await installed("acme.redirected", [{ name: "net.fetch", hosts: ["127.0.0.1"] }]);
    const refusal = ask(plugin, "fetch", fetching("/away"));
    await expect(refusal).rejects.toMatchObject({ code: "permission_denied", facts: { host: "localhost" } });
  });
});

describe("what a plugin stores", () => {
  it("is its installation's, which no other plugin and no other organization reads", async () => {
    const one = await installed("acme.mine", ["storage.scoped"]);
    const other = await installed("acme.yours", ["storage.scoped"]);
    await ask(one, "storage.set", { key: "secret", value: "one" });
    expect(await ask(other, "storage.get", { key: "secret" })).toBeUndefined();
    // Who it is comes from the pipe: an installation of another organization is none of this one.
    const elsewhere = await TestOrganization.create(domain);
    const forged = { ...one, organizationId: elsewhere.id };
    expect(await codeOf(ask(forged, "storage.get", { key: "secret" }))).toBe("permission_denied");
  });

  it("has keys and values of bounded size, of which nothing that is too large is kept", async () => {
    const plugin = await installed("acme.large", ["storage.scoped"]);
    const value = "x".repeat(MAX_STORAGE_VALUE_BYTES);
    expect(await codeOf(ask(plugin, "storage.set", { key: "a", value }))).toBe("quota_exceeded");
    expect(await codeOf(ask(plugin, "storage.set", { key: "ä".repeat(600), value: 1 }))).not.toBeNull();
    expect(await codeOf(ask(plugin, "storage.set", { key: "a\0b", value: 1 }))).toBe("invalid_input");
    expect(await ask(plugin, "storage.list")).toMatchObject({ items: [] });
  });
});

describe("a call of a plugin's view", () => {
  it("has what stays with the plugin, and what reaches further only where that was granted for views", async () => {
    const member = await organization.join("member");
    const net = { name: "net.fetch", hosts: ["127.0.0.1"] };
    const plugin = await installed("acme.view", ["storage.scoped", net]);
    await askAsView(member, plugin, "storage.set", { key: "a", value: 1 });
    expect(await codeOf(askAsView(member, plugin, "fetch", fetching("/view")))).toBe("permission_denied");
    const used = await installed("acme.viewing", [{ ...net, views: "use" }]);
    expect(await askAsView(member, used, "fetch", fetching("/view"))).toMatchObject({
      value: { status: 200 },
    });
    const narrowed = await installed("acme.blind", [{ ...net, views: "use" }], [{ ...net, views: "none" }]);
    expect(await codeOf(askAsView(member, narrowed, "fetch", fetching("/view")))).toBe("permission_denied");
  });
});

describe("a secret", () => {
  const SETTINGS = {
    type: "object",
    properties: { key: { type: "string", format: "secret", hosts: ["http://127.0.0.1:1"] } },
  };
  /** A plugin whose secret goes to the test's server, with what it sees of the secret. */
  const withSecret = async (id: string, hosts: readonly string[], views?: "use" | "secrets") => {
    const settings = { ...SETTINGS, properties: { key: { ...SETTINGS.properties.key, hosts } } };
    const net = { name: "net.fetch", hosts: ["127.0.0.1", "localhost"], ...(views && { views }) };
    const plugin = await installed(id, [net], [net], settings);
    const { owner, slug } = organization;
    await domain.configuration.putSettings(owner, slug, id, null, { key: "hunter2" });
    await domain.configuration.putSettings(owner, slug, id, "web", { key: "of web" });
    const found = await domain.directory.find(plugin.organizationId, id);
    if (found === null) throw new Error("It is installed.");
    const seen = await domain.settings.forPlugin(plugin.id, found.package.manifest, null);
    const inWeb = await domain.settings.forPlugin(plugin.id, found.package.manifest, "web");
    return { plugin, placeholder: String(seen.key), ofWeb: String(inWeb.key) };
  };
  const here = () => `http://127.0.0.1:${port()}`;
  const sent = (path: string) => arrived.find((one) => one.path === path)?.key;

  it("is put into requests to its hosts by the platform, and never seen by the plugin", async () => {
    const { plugin, placeholder } = await withSecret("acme.secret", [here()]);
    expect(placeholder).not.toContain("hunter2");
    await ask(plugin, "fetch", fetching("/with-secret", [["x-key", placeholder]]));
    expect(sent("/with-secret")).toBe("hunter2");
  });

  it("goes nowhere else, though the plugin may fetch from there", async () => {
    const { plugin, placeholder } = await withSecret("acme.leak", ["api.example.org"]);
    const asked = ask(plugin, "fetch", fetching("/leak", [["x-key", placeholder]]));
    expect(await codeOf(asked)).toBe("secret_refused");
    expect(arrived.map(({ path }) => path)).not.toContain("/leak");
  });

  it("of a project goes out on behalf of that project alone", async () => {
    const { plugin, ofWeb } = await withSecret("acme.project", [here()]);
    await ask(plugin, "fetch", fetching("/web", [["x-key", ofWeb]]), "web");
    expect(sent("/web")).toBe("of web");
    for (const project of [undefined, "app"]) {
      const asked = ask(plugin, "fetch", fetching("/not-web", [["x-key", ofWeb]]), project);
      expect(await codeOf(asked)).toBe("secret_refused");
    }
  });

  it("of another installation is nobody's here", async () => {
    const one = await withSecret("acme.one", [here()]);
    const other = await withSecret("acme.other", [here()]);
    const asked = ask(other.plugin, "fetch", fetching("/foreign", [["x-key", one.placeholder]]));
    expect(await codeOf(asked)).toBe("secret_refused");
  });

  it("is put into requests of views only where that was granted", async () => {
    const member = await organization.join("member");
    for (const [id, views, code] of [
      ["acme.shown", "use", "secret_refused"],
      ["acme.trusted", "secrets", null],
    ] as const) {
      const { plugin, placeholder } = await withSecret(id, [here()], views);
      const asked = askAsView(member, plugin, "fetch", fetching("/viewed", [["x-key", placeholder]]));
      expect(await codeOf(asked)).toBe(code);
    }
  });
});

describe("a host that a setting says", () => {
  const SETTINGS = {
    type: "object",
    properties: {
      address: { type: "string", format: "uri", default: "https://api.example.org/v1" },
      key: { type: "string", format: "secret", hosts: ["{address}"] },
    },
  };
  const NET = { name: "net.fetch", hosts: ["{address}"] };
  const here = () => `http://127.0.0.1:${port()}/v1`;
  const sent = (path: string) => arrived.find((one) => one.path === path)?.key;
  const put = (id: string, project: string | null, values: Record<string, unknown>) =>
    domain.configuration.putSettings(organization.owner, organization.slug, id, project, values);
  /** Fetches with the secret as the plugin sees it. */
  const fetchFor = async (plugin: Installation, path: string, project: string | null = null) => {
    const found = await domain.directory.find(plugin.organizationId, plugin.pluginId);
    if (found === null) throw new Error("It is installed.");
    const { key } = await domain.settings.forPlugin(plugin.id, found.package.manifest, project);
    return await codeOf(ask(plugin, "fetch", fetching(path, [["x-key", String(key)]]), project ?? undefined));
  };

  it("is where the plugin may fetch from, and where the secret goes", async () => {
    const plugin = await installed("said.here", [NET], [NET], SETTINGS);
    await put("said.here", null, { address: here(), key: "hunter2" });
    expect(await fetchFor(plugin, "/said")).toBeNull();
    expect(sent("/said")).toBe("hunter2");
    await put("said.here", null, { address: "https://api.example.org" });
    expect(await fetchFor(plugin, "/said-no-more")).toBe("permission_denied");
  });

  it("takes along no secret that was given for another one, until it is given again", async () => {
    const plugin = await installed("said.moved", [NET], [NET], SETTINGS);
    await put("said.moved", null, { key: "hunter2" });
    await put("said.moved", null, { address: here() });
    expect(await fetchFor(plugin, "/moved")).toBe("secret_refused");
    await put("said.moved", null, { key: "hunter2" });
    expect(await fetchFor(plugin, "/moved")).toBeNull();
    expect(sent("/moved")).toBe("hunter2");
  });

  it("is not for a project to choose, where the secret is the organization's", async () => {
    const plugin = await installed("said.lured", [NET], [NET], SETTINGS);
    await put("said.lured", null, { key: "hunter2" });
    await put("said.lured", "web", { address: here() });
    expect(await fetchFor(plugin, "/lured", "web")).toBe("secret_refused");
    await put("said.lured", "web", { key: "of web" });
    expect(await fetchFor(plugin, "/lured", "web")).toBeNull();
    expect(sent("/lured")).toBe("of web");
  });

  it("of a version that names it anew is agreed to first, and means the one of then", async () => {
    const plain = {
      ...SETTINGS,
      properties: { ...SETTINGS.properties, key: { ...SETTINGS.properties.key, hosts: ["api.example.org"] } },
    };
    const plugin = await installed("said.later", [NET], [NET], plain);
    await put("said.later", null, { address: here(), key: "hunter2" });
    const permissions = { required: [NET] };
    for (const version of ["1.1.0", "1.2.0"])
      await organization.bring(
        plainPlugin("said.later", { version, manifest: { permissions, settings: SETTINGS } }),
      );
    const update = (version: string, grants: readonly "secret.hosts"[]) =>
      domain.versions.update(organization.owner, organization.slug, "said.later", { version, grants });
    expect(await codeOf(update("1.1.0", []))).toBe("grants_required");
    const updated = await update("1.1.0", ["secret.hosts"]);
    expect(await fetchFor({ ...plugin, version: updated.version }, "/later")).toBeNull();
    await put("said.later", null, { address: `http://localhost:${port()}` });
    const next = await update("1.2.0", []);
    expect(await fetchFor({ ...plugin, version: next.version }, "/later-elsewhere")).toBe(
      "permission_denied",
    );
  });

  it("that another default would choose is agreed to first", async () => {
    const plugin = await installed("said.default", [NET], [NET], SETTINGS);
    const address = { ...SETTINGS.properties.address, default: "https://elsewhere.example.org" };
    const settings = { ...SETTINGS, properties: { ...SETTINGS.properties, address } };
    await organization.bring(
      plainPlugin("said.default", {
        version: "1.1.0",
        manifest: { permissions: { optional: [NET] }, settings },
      }),
    );
    const update = (grants: readonly never[]) =>
      domain.versions.update(organization.owner, organization.slug, plugin.pluginId, { grants });
    expect(await codeOf(update([]))).toBe("grants_required");
    expect((await update([NET] as never[])).version).toBe("1.1.0");
  });

  it("is the one that the same update sets, for a secret that is agreed to", async () => {
    const hosts = ["api.example.org"];
    const before = {
      ...SETTINGS,
      properties: { ...SETTINGS.properties, key: { ...SETTINGS.properties.key, hosts } },
    };
    const plugin = await installed("said.together", [NET], [NET], before);
    await put("said.together", null, { key: "hunter2" });
    await organization.bring(
      plainPlugin("said.together", {
        version: "1.1.0",
        manifest: { permissions: { optional: [NET] }, settings: SETTINGS },
      }),
    );
    const updated = await domain.versions.update(organization.owner, organization.slug, plugin.pluginId, {
      grants: ["secret.hosts"],
      settings: { address: here() },
    });
    expect(await fetchFor({ ...plugin, version: updated.version }, "/together")).toBeNull();
    expect(sent("/together")).toBe("hunter2");
  });

  it.each([["https://*.example.org"], ["ftp://127.0.0.1/"], ["https:"], ["urn:x"]])(
    "is none in %s",
    async (address) => {
      const id = `said.none-${randomUUID().slice(0, 8)}`;
      const plugin = await installed(id, [NET], [NET], SETTINGS);
      await put(id, null, { address, key: "hunter2" }).catch(() => undefined);
      expect(await fetchFor(plugin, "/none")).toBe("permission_denied");
    },
  );
});
