import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeUiPackage } from "./browser/support/ui-package.ts";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const UI = 'import { useApi } from "@patchbay/sdk/ui"; export default () => useApi() && null;';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" },
  });
  api = new Api(server.url);
  await install(
    await makeUiPackage({
      id: "acme.panel",
      ui: UI,
      code: `export default { tools: {
        add: { description: "a", run: ({ a, b }) => a + b },
        count: { description: "c", async *run({ to }) { for (let n = 1; n <= to; n += 1) yield n; } },
      } };`,
      tools: ["add", "count"],
      permissions: ["storage.scoped"],
      manifest: { settings: { type: "object", properties: { unit: { type: "string", default: "metric" } } } },
    }),
    "acme.panel",
    ["ui.page", "storage.scoped"],
  );
  await install(await makePackage({ id: "acme.server", code: "export default {};" }), "acme.server", []);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const install = async (zip: Uint8Array, plugin: string, grants: string[]) => {
  expect(await api.upload("/api/orgs/default/uploads", zip)).toMatchObject({ status: 201 });
  expect(await api.post("/api/orgs/default/plugins", { plugin, grants })).toMatchObject({ status: 201 });
  expect(await api.post(`/api/orgs/default/plugins/${plugin}/enable`)).toMatchObject({ status: 200 });
};
const call = (body: unknown, { as = api, plugin = "acme.panel", headers = {} } = {}) =>
  as.post(`/api/orgs/default/plugins/${plugin}/host-calls`, body, headers);
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Somebody with this role, by a key with these rights. */
const keyOf = async (role: string, rights: string[]): Promise<Api> => {
  const anonymous = api.as(null);
  const person = { email: `${role}@example.org`, password: "a password of one's own" };
  const signIn = async (who: object) => {
    const answer = await anonymous.post("/api/auth/sign-in", who);
    return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
  };
  await anonymous.post("/api/orgs/default/members", { ...person, name: role, role }, await signIn(ADMIN));
  const key = await anonymous.post(
    "/api/api-keys",
    { organization: "default", name: role, rights },
    await signIn(person),
  );
  expect(key.status).toBe(201);
  return new Api(server.url, key.body.token);
};

describe("host calls of a view", () => {
  it("reach storage, settings, the log and the plugin's own tools", async () => {
    expect(await call({ method: "storage.set", args: { key: "a", value: [1] } })).toMatchObject({
      status: 200,
    });
    expect((await call({ method: "storage.get", args: { key: "a" } })).body).toEqual({ value: [1] });
    expect((await call({ method: "settings.getAll" })).body).toEqual({ value: { unit: "metric" } });
    expect(
      (await call({ method: "plugin.call", args: { tool: "add", input: { a: 2, b: 3 } } })).body,
    ).toEqual({ value: 5 });
    expect((await call({ method: "plugin.call", args: { tool: "count", input: { to: 3 } } })).body).toEqual({
      value: [1, 2, 3],
    });
    await call({ method: "log", args: { level: "info", message: "from a view", fields: { n: 1 } } });
    const log = async () => (await api.get("/api/orgs/default/plugins/acme.panel/logs")).body.items;
    await expect
      .poll(log)
      .toContainEqual(expect.objectContaining({ message: "from a view", fields: { n: 1, view: true } }));
  });

  it("carry bytes both ways", async () => {
    const file = { path: "a.txt", contentType: "text/plain" };
    await call({ method: "storage.files.write", args: file, attachment: base64("Grüße") });
    expect((await call({ method: "storage.files.read", args: { path: "a.txt" } })).body).toEqual({
      value: { contentType: "text/plain", bytes: 7 },
      body: base64("Grüße"),
    });
  });

  it("stream as server-sent events", async () => {
    const answer = await call(
      { method: "plugin.stream", args: { tool: "count", input: { to: 2 } } },
      { headers: { accept: "text/event-stream" } },
    );
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    expect(answer.body).toBe(
      'event: chunk\ndata: 1\n\nevent: chunk\ndata: 2\n\nevent: value\ndata: {"value":null}\n\n',
    );
  });

  it("are refused as server code's are, and besides for plugins without a view and people who may not use plugins", async () => {
    const member = await keyOf("member", ["org.plugins.use"]);
    const refusals = [
      [await call({ method: "metrics.plugins" }), 403, "permission_denied"],
      [await call({ method: "fetch", args: {} }), 403, "permission_denied"],
      [await call({ method: "no.such" }), 403, "permission_denied"],
      [await call({ method: "storage.get", args: { key: 7 } }), 422, "invalid_input"],
      [await call({ method: "log", args: { level: "loud", message: "x" } }), 422, "invalid_input"],
      [await call({ method: "plugin.call", args: {} }), 422, "invalid_input"],
      [await call({ method: "plugin.call", args: { tool: "none" } }), 404, "tool_not_found"],
      [
        await call({ method: "settings.getAll", project: "elsewhere" }, { as: member }),
        404,
        "project_not_found",
      ],
      [await call({ method: "settings.getAll" }, { plugin: "acme.server" }), 501, "not_available"],
      [await call({ method: "settings.getAll" }, { plugin: "acme.nothing" }), 404, "plugin_not_installed"],
      [
        await call({ method: "settings.getAll" }, { as: await keyOf("viewer", ["org.plugins.read"]) }),
        403,
        "forbidden",
      ],
    ] as const;
    for (const [{ status, body }, expected, code] of refusals)
      expect([status, body.code]).toEqual([expected, code]);
    expect(await call({ method: "settings.getAll" }, { as: member })).toMatchObject({
      status: 200,
    });
  });

  it("end with the plugin", async () => {
    await api.post("/api/orgs/default/plugins/acme.panel/disable");
    expect(await call({ method: "settings.getAll" })).toMatchObject({ body: { code: "plugin_disabled" } });
    await api.post("/api/orgs/default/plugins/acme.panel/enable");
  });
});

describe("what a view may call", () => {
  const fetchArgs = (authorization: string) => ({
    url: "https://127.0.0.1:1/",
    method: "GET",
    headers: [["authorization", authorization]],
    redirect: "follow",
    hasBody: false,
  });
  const reaching = async (id: string, views: string | undefined, manifest: Record<string, unknown> = {}) => {
    const request = { name: "net.fetch", hosts: ["127.0.0.1"], ...(views && { views }) };
    const secret = { type: "string", format: "secret", hosts: ["127.0.0.1:1"] };
    const zip = await makeUiPackage({
      id,
      ui: UI,
      permissions: [request as never],
      manifest: { settings: { type: "object", properties: { key: secret } }, ...manifest },
    });
    await install(zip, id, ["ui.page", "net.fetch"]);
    await api.put(`/api/orgs/default/plugins/${id}/settings`, { key: "the secret" });
    const { key } = (await call({ method: "settings.getAll" }, { plugin: id })).body.value;
    const fetched = async (authorization: string) =>
      (await call({ method: "fetch", args: fetchArgs(authorization) }, { plugin: id })).body;
    return { key, fetched };
  };

  it("is no request to other servers unless the manifest asks for that", async () => {
    const { fetched } = await reaching("reach.none", undefined);
    expect(await fetched("x")).toMatchObject({ code: "permission_denied" });
  });

  it("is a request without secrets unless it asks for those, too", async () => {
    const { key, fetched } = await reaching("reach.use", "use");
    expect(await fetched(key)).toMatchObject({ code: "secret_refused" });
    expect((await fetched("x")).code).not.toMatch(/permission_denied|secret_refused/);
    const all = await reaching("reach.secrets", "secrets");
    expect((await all.fetched(all.key)).code).not.toMatch(/secret_refused/);
  });

  it("can be narrowed by a grant", async () => {
    const { fetched } = await reaching("reach.narrow", "use");
    const grants = ["ui.page", { name: "net.fetch", views: "none" }];
    await api.put("/api/orgs/default/plugins/reach.narrow/grants", { grants });
    expect(await fetched("x")).toMatchObject({ code: "permission_denied" });
    const more = ["ui.page", { name: "net.fetch", views: "secrets" }];
    expect(await api.put("/api/orgs/default/plugins/reach.narrow/grants", { grants: more })).toMatchObject({
      body: { code: "grant_invalid" },
    });
  });
});

describe("fault reports", () => {
  it("of people who may not change the plugin go to its log and change nothing", async () => {
    const reader = await keyOf("viewer", ["org.plugins.read"]);
    const fault = { version: "1.0.0", view: "main", phase: "activate", message: "said by anybody" };
    expect(await reader.post("/api/orgs/default/plugins/acme.panel/ui-faults", fault)).toMatchObject({
      status: 204,
    });
    const log = async () => JSON.stringify((await api.get("/api/orgs/default/plugins/acme.panel/logs")).body);
    await expect.poll(log).toContain("said by anybody");
    expect((await api.get("/api/orgs/default/plugins/acme.panel")).body.state).toBe("enabled");
  });
});

describe("what frames load", () => {
  const digestOf = async () => (await api.get("/api/orgs/default/views")).body.items[0].uiDigest as string;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, server.url), { headers });

  it("is the same document for every plugin, closed by its headers", async () => {
    const digest = await digestOf();
    const answer = await get(`/frame/${digest}`);
    const policy = answer.headers.get("content-security-policy") ?? "";
    const html = await answer.text();
    expect(html).not.toContain("acme");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("sandbox allow-scripts");
    expect(policy).toContain(`frame-ancestors ${server.url}`);
    expect(policy).toContain(
      `script-src ${server.url}/vendor/ ${server.url}/plugins/${digest}/ ${server.url}/frame/boot.js 'sha256-`,
    );
    expect(policy).not.toMatch(
      /unsafe-eval|strict-dynamic|nonce-|script-src[^;]*unsafe-inline|allow-same-origin/,
    );
    expect(answer.headers.get("connection-allowlist")).toBe(
      `("${server.url}/vendor/*" "${server.url}/plugins/${digest}/*" "${server.url}/frame/*")`,
    );
    expect(answer.headers.get("document-isolation-policy")).toBe("isolate-and-require-corp");
    expect(answer.headers.get("permissions-policy")).toContain("clipboard-read=()");
  });

  it("is the bundle as it was written, for ever, for any origin", async () => {
    const answer = await get(`/plugins/${await digestOf()}/ui.js`);
    expect(await answer.text()).toBe(UI);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  it("is nothing else of the store: neither packages nor server code", async () => {
    const { digest } = (await api.get("/api/orgs/default/catalog/acme.panel")).body.versions[0];
    for (const path of [digest, "0".repeat(64), "..%2f..%2fetc", "x"]) {
      const answer = await get(`/plugins/${path}/ui.js`);
      expect([400, 404], path).toContain(answer.status);
    }
    expect((await get("/frame/x")).status).toBe(400);
    expect((await get("/vendor/../boot.js")).status).toBe(404);
  });

  it("are React and the SDK, packed and kept by their tag", async () => {
    for (const path of [
      "/frame/boot.js",
      "/vendor/react.js",
      "/vendor/react-dom-client.js",
      "/vendor/patchbay-sdk-ui.js",
    ]) {
      const answer = await get(path, { "accept-encoding": "gzip" });
      expect([answer.status, answer.headers.get("content-encoding")], path).toEqual([200, "gzip"]);
      expect((await answer.text()).length).toBeGreaterThan(200);
      const again = await get(path, { "if-none-match": answer.headers.get("etag") ?? "" });
      expect(again.status).toBe(304);
    }
  });
});

describe("a package with a user interface", () => {
  it.each([
    ['import "lodash"; export default 1;', "import_not_available", /ui\.js:1 imports "lodash"/],
    ["export const View = 1;", "script_invalid", /no default export/],
  ])("is refused for %s", async (ui, code, message) => {
    const answer = await api.upload("/api/orgs/default/uploads", await makeUiPackage({ id: "acme.bad", ui }));
    expect(answer).toMatchObject({ status: 422, body: { code } });
    expect(answer.body.detail).toMatch(message);
  });
});
