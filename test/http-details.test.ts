import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { freePort } from "./support/nginx.ts";
import { ADMIN, BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

/** The answer to a request written by hand, which asks that the connection be closed. */
const raw = async (lines: readonly string[]): Promise<string> => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write([...lines, "Connection: close", "", ""].join("\r\n"));
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  await once(socket, "close");
  return text;
};

describe("HTTP", () => {
  it("says how to authenticate to whom it does not know", async () => {
    const unknown = 'Bearer realm="Patchbay"';
    const refused = 'Bearer realm="Patchbay", error="invalid_token"';
    for (const [answer, challenge] of [
      [await api.as(null).get("/api/me"), unknown],
      [await api.as("pb_nobody").get("/api/me"), refused],
      [await api.as(null).post("/api/auth/sign-in", { ...ADMIN, password: "wrong" }), unknown],
      [await api.as("pbp_nobody").get("/registry/v1/publishers"), refused],
    ] as const) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe(challenge);
    }
  });

  it("tells the methods of an address that it knows with others", async () => {
    for (const [method, path, allow] of [
      ["DELETE", "/api/me", "GET, HEAD"],
      ["PATCH", "/api/orgs/default/plugins/patchbay.feeds", "DELETE, GET, HEAD"],
      ["PUT", "/api/auth/sign-in", "POST"],
      ["GET", "/api/auth/sign-in?x=1", "POST"],
      ["POST", "/healthz", "GET, HEAD"],
    ] as const) {
      const answer = await api.call(method, path);
      expect([answer.status, answer.body.code], path).toEqual([405, "method_not_allowed"]);
      expect(answer.headers.get("allow")).toBe(allow);
    }
    expect((await api.post("/api/nowhere/at/all", {})).status).toBe(404);
  });

  it("refuses bodies of other types than the route reads", async () => {
    for (const [type, body] of [
      ["text/plain", "{}"],
      ["application/x-www-form-urlencoded", "a=b"],
      ["multipart/form-data; boundary=x", "--x--"],
    ] as const) {
      const response = await fetch(new URL("/api/orgs", server.url), {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": type },
      });
      expect(response.status, type).toBe(415);
    }
  });

  it("explains a problem at an address that can be opened", async () => {
    const { type } = (await api.get("/api/nowhere")).body;
    expect(type).toBe(`${server.url}/docs/errors#not_found`);
    expect(await (await fetch(type)).text()).toContain('id="not_found"');
  });

  it("packs long texts for who reads them, and nothing that shows a secret or is packed already", async () => {
    const codingOf = async (path: string, coding = "gzip", init: RequestInit = {}) => {
      const headers = {
        authorization: `Bearer ${BOOTSTRAP_KEY}`,
        "accept-encoding": coding,
        ...init.headers,
      };
      const { headers: answered } = await fetch(new URL(path, server.url), { ...init, headers });
      return [answered.get("content-encoding"), answered.get("vary")];
    };
    expect(await codingOf("/openapi.json")).toEqual(["gzip", "accept-encoding"]);
    expect(await codingOf("/api/orgs/default/catalog")).toEqual(["gzip", "accept-encoding"]);
    expect(await codingOf("/openapi.json", "br, gzip;q=0")).toEqual([null, "accept-encoding"]);
    expect(await codingOf("/api/orgs")).toEqual([null, null]); // short
    const name = "n".repeat(100);
    const body = JSON.stringify({ organization: "default", name, rights: ["org.plugins.read"] });
    const asJson = { method: "POST", body, headers: { "content-type": "application/json" } };
    expect(await codingOf("/api/api-keys", "gzip", asJson)).toEqual([null, null]);
    const [{ plugin, latest }] = (await api.get("/api/orgs/default/catalog")).body.items;
    const artifact = `/api/orgs/default/catalog/${plugin}/versions/${latest}/artifact`;
    expect(await codingOf(artifact)).toEqual([null, null]);
  });

  it("knows a packed answer again by its tag", async () => {
    const path = "/schema/plugin.v1.json";
    const first = await api.get("/api/orgs/default/catalog");
    expect(first.headers.get("content-encoding")).toBe("gzip");
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"/);
    expect((await api.get("/api/orgs/default/catalog", { "if-none-match": etag })).status).toBe(304);
    expect((await api.get(path)).headers.get("content-encoding")).toBe("gzip");
  });

  it("refuses keys that would reach into every object, wherever JSON is read", async () => {
    const { paths } = (await api.get("/openapi.json")).body as {
      paths: Record<string, Record<string, { requestBody?: { content: object } }>>;
    };
    const reading = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) =>
        requestBody !== undefined && "application/json" in requestBody.content ? [{ method, path }] : [],
      ),
    );
    expect(reading.length).toBeGreaterThan(40);
    for (const { method, path } of reading)
      for (const body of [
        '{"__proto__":{"polluted":true}}',
        '{"name":{"deep":[{"\\u005f_proto__":{"polluted":true}}]}}',
        '{"constructor":{"prototype":{"polluted":true}}}',
      ]) {
        const response = await fetch(new URL(path.replaceAll(/\{\w+\}/g, "x-1"), server.url), {
          method: method.toUpperCase(),
          body,
          headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": "application/json" },
        });
        const text = await response.text();
        expect([response.status, text], `${method} ${path} ${body}`).toEqual([
          400,
          expect.stringContaining("invalid_request"),
        ]);
      }
  });

  it("refuses a request that names two hosts", async () => {
    const { host } = new URL(server.url);
    const answer = await raw(["GET /healthz HTTP/1.1", `Host: ${host}`, "Host: evil.example"]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("keeps sign-ins of two ports of one host apart, and serves the console at any loopback address", async () => {
    const { port } = new URL(server.url);
    const signedIn = await api.as(null).post("/api/auth/sign-in", ADMIN);
    expect(signedIn.headers.get("set-cookie")).toContain(`patchbay_session_${port}=`);
    for (const host of [`localhost:${port}`, "localhost:8080", "127.0.0.1:9", "localhost"]) {
      const page = await raw(["GET / HTTP/1.1", `Host: ${host}`]);
      expect(page, host).toMatch(/^HTTP\/1\.1 200 /);
      expect(page, host).toContain(`script-src http://${host}/assets/`);
      const post = await raw(["POST /api/auth/sign-in HTTP/1.1", `Host: ${host}`, `Origin: http://${host}`]);
      // Its body is missing, which is looked at after where it comes from.
      expect(post, host).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it("names the setting to whoever finds the console at an address that it does not know", async () => {
    const page = await raw(["GET / HTTP/1.1", "Host: patchbay.example"]);
    expect(page).toContain("PATCHBAY_PUBLIC_URL");
  });
});

describe("a server with a public address", () => {
  it("binds its cookie to the host, asks for https for a year, and never redirects to itself", async () => {
    const own = await temporaryFolder();
    const port = await freePort();
    const environment = { PATCHBAY_PUBLIC_URL: "https://patchbay.example", PATCHBAY_PORT: String(port) };
    const other = await startServer({ dataDir: own.path, environment });
    try {
      const at = new Api(`http://127.0.0.1:${port}`, null);
      const signedIn = await at.post("/api/auth/sign-in", ADMIN);
      expect(signedIn.headers.get("set-cookie")).toMatch(/^__Host-patchbay_session=.*; Path=\/; .*Secure/);
      expect(signedIn.headers.get("strict-transport-security")).toBe("max-age=31536000");
      const page = await fetch(`http://localhost:${port}/`, { redirect: "manual" });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('href="https://patchbay.example/"');
    } finally {
      await other.stop();
      await own.remove();
    }
  });
});
