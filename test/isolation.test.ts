import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { ROUTE_BODIES } from "./support/route-bodies.ts";
import { ADMIN, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const RIGHTS = [
  "org.plugins.read",
  "org.plugins.write",
  "org.plugins.configure",
  "org.plugins.use",
  "org.plugins.debug",
  "org.members.write",
  "org.audit.read",
];
const SECRET_WORDS = ["hidden-project", "Told to nobody"];
const METHODS = ["get", "post", "put", "delete"] as const;

/** How a route without an organization in its address is asked about one. */
const IN_DEFAULT = { "patchbay-organization": "default" };

/** Routes that show everyone the same, or the caller what is the caller's. */
const NOT_OF_AN_ORGANIZATION = [
  ...["/healthz", "/readyz", "/metrics", "/schema/", "/api/me", "/api/auth/"],
  // Read by everybody; who may change what is told by the registry's own tests.
  "/registry/v1/",
];

describe("an organization's things", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: TestServer;
  let eve: Api;
  /** Eve's, too, but may only look. */
  let narrow: Api;
  let routes: { method: string; path: string }[];
  const ids: Record<string, string> = {
    plugin: "acme.private",
    project: "hidden-project",
    version: "1.0.0",
    tool: "tell",
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startServer({ dataDir: folder.path });
    const owner = new Api(server.url);
    const me = await owner.get("/api/me");
    ids.user = me.body.user.id;
    await owner.post("/api/orgs/default/projects", { slug: "hidden-project", name: "Hidden" });
    await owner.upload(
      "/api/orgs/default/uploads",
      await makePackage({
        id: "acme.private",
        code: 'export default { tools: { tell: { description: "t", run: () => "Told to nobody" } } };',
        tools: ["tell"],
      }),
    );
    await owner.post("/api/orgs/default/plugins", { plugin: "acme.private" });
    await owner.post("/api/orgs/default/plugins/acme.private/enable");
    ids.id = (await owner.get("/api/api-keys?organization=default")).body.items[0].id;
    ({ eve, narrow } = await makeStranger(server.url));
    const { paths } = (await owner.get("/openapi.json")).body;
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      METHODS.filter((method) => method in (methods as object)).map((method) => ({ method, path })),
    );
  });
  afterAll(async () => {
    await server?.stop();
    await folder?.remove();
  });

  it("are reached by the routes that the OpenAPI document lists", () => {
    expect(routes.length).toBeGreaterThan(35);
    expect(routes.filter(({ path }) => path.includes("{org}")).length).toBeGreaterThan(25);
  });

  it("are neither shown nor changed for the owner of another organization, on any route", async () => {
    const walked: string[] = [];
    for (const { method, path } of routes) {
      if (NOT_OF_AN_ORGANIZATION.some((prefix) => path.startsWith(prefix))) continue;
      if (method === "get" && path === "/api/orgs") continue;
      const at = `${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "org" ? "default" : (ids[name] ?? "x")))}${path.startsWith("/api/api-keys") ? "?organization=default" : ""}`;
      const body = ROUTE_BODIES[`${method} ${path}`];
      const answer = await eve.call(method.toUpperCase(), at, body, IN_DEFAULT);
      expect([403, 404], `${method} ${at}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
      expectNoSecret(`${method} ${at}`, answer.body);
      walked.push(`${method} ${path}`);
    }
    expect(walked.length).toBeGreaterThan(30);
  });

  it("are not found from inside the other organization either", async () => {
    for (const { method, path } of routes) {
      if (!path.includes("{plugin}") && !path.includes("{project}") && !path.includes("{id}")) continue;
      if (path.startsWith("/registry/v1/")) continue;
      const at = `${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "org" ? "other" : (ids[name] ?? "x")))}${path.startsWith("/api/api-keys") ? "?organization=other" : ""}`;
      const answer = await eve.call(method.toUpperCase(), at, ROUTE_BODIES[`${method} ${path}`]);
      // The history of a plugin that was never there is empty.
      if (path.endsWith("/history")) expect(answer.body.items).toEqual([]);
      else expect([403, 404], `${method} ${at}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
    }
    const installed = await eve.post("/api/orgs/other/plugins", { plugin: "acme.private" });
    expect(installed).toMatchObject({ status: 404, body: { code: "package_not_found" } });
    expectNoSecret(
      "lists",
      (
        await Promise.all(
          ["catalog", "plugins", "tools", "projects", "audit"].map((list) =>
            eve.get(`/api/orgs/other/${list}`),
          ),
        )
      ).map(({ body }) => body),
    );
  });

  it("are asked for with a key, or there is no answer", async () => {
    const anonymous = eve.as(null);
    for (const { method, path } of routes) {
      if (NOT_OF_AN_ORGANIZATION.some((prefix) => path.startsWith(prefix) && path !== "/api/me")) continue;
      const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        name === "org" ? "default" : (ids[name] ?? "x"),
      );
      expect(
        (await anonymous.call(method.toUpperCase(), at, ROUTE_BODIES[`${method} ${path}`])).status,
        `${method} ${at}`,
      ).toBe(401);
    }
  });

  it("are not told by repeating what another key of the same person was answered", async () => {
    const sent = { path: "/api/orgs/other/projects", body: { slug: "told", name: "Told" } };
    const headers = { "idempotency-key": "project-1" };
    expect((await eve.post(sent.path, sent.body, headers)).status).toBe(201);
    const again = await eve.post(sent.path, sent.body, headers);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([201, "true"]);
    const repeated = await narrow.post(sent.path, sent.body, headers);
    expect(repeated).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await narrow.post(sent.path, sent.body)).status).toBe(403);
  });

  it("are still as they were", async () => {
    const owner = new Api(server.url);
    expect((await owner.post("/api/orgs/default/tools/acme.private/tell", {})).body).toEqual({
      output: "Told to nobody",
    });
    expect((await owner.get("/api/orgs/default/members")).body.items).toHaveLength(1);
  });

  const expectNoSecret = (where: string, body: unknown) => {
    const text = JSON.stringify(body ?? null).replaceAll(/"(detail|requestId)":"[^"]*"/g, "");
    for (const word of SECRET_WORDS) expect(text, where).not.toContain(word);
  };
});

/** The owner of the organization `other`, who belongs to no other: with a key of all rights, and one for looking. */
const makeStranger = async (url: string): Promise<{ eve: Api; narrow: Api }> => {
  const anonymous = new Api(url, null);
  const cookieOf = async (person: { email: string; password: string }) => {
    const answer = await anonymous.post("/api/auth/sign-in", person);
    return { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
  };
  const admin = await cookieOf(ADMIN);
  const person = { email: "eve@example.org", password: "eve's own password" };
  await anonymous.post("/api/orgs", { slug: "other", name: "Other" }, admin);
  expect(
    (await anonymous.post("/api/orgs/other/members", { ...person, name: "Eve", role: "owner" }, admin))
      .status,
  ).toBe(201);
  const cookie = await cookieOf(person);
  const keyOf = async (name: string, rights: readonly string[]) => {
    const key = await anonymous.post("/api/api-keys", { organization: "other", name, rights }, cookie);
    expect(key.status).toBe(201);
    return new Api(url, key.body.token);
  };
  return { eve: await keyOf("all", RIGHTS), narrow: await keyOf("looking", ["org.plugins.read"]) };
};
