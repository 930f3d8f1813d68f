import { PatchbayClient } from "@patchbay/api-client";
import type { ActivityDto } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeUiPackage } from "./browser/support/ui-package.ts";
import type { Answer, Api } from "./support/api.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { makePackage } from "./support/packages.ts";
import { type Person, signedUp } from "./support/people.ts";
import { ROUTE_BODIES } from "./support/route-bodies.ts";

const ORG = "/api/orgs/default";
/** Applies to the project `web`, and is what nobody outside of it may hear of. */
const HIDDEN = "acme.hidden";
/** Applies everywhere; the hidden one needs it, in a version before 2. */
const BASE = "acme.base";
/** In the catalog as the hidden one is, and installed nowhere. */
const SPARE = "acme.spare";
/** Of no package at all. */
const ABSENT = "acme.absent";
const RIGHTS = ["org.plugins.read", "org.plugins.use", "org.plugins.write", "org.plugins.debug"];

let organization: TestOrganization;
let owner: Api;
/** Belongs to the project `north`, and has every right that the policy can give a member. */
let nora: Person;
let byKey: Api;
let routes: { readonly method: string; readonly path: string }[];

const callers = (): [string, (method: string, path: string, body?: unknown) => Promise<Answer>][] => [
  ["the person", (method, path, body) => nora.call(method, path, body)],
  ["their key", (method, path, body) => byKey.call(method, path, body)],
];
const filled = (path: string, plugin: string) =>
  path
    .replace("{org}", "default")
    .replace("{plugin}", plugin)
    .replace("{version}", "1.0.0")
    .replace("{tool}", "tell")
    .replaceAll(/\{\w+\}/g, "x");
/** What differs between any two packages, and between any two answers. */
const OWN = new Set(["requestId", "digest", "sizeBytes", "createdAt"]);
/** What an answer says, whichever of the plugins it is about. Of bytes it is only told that there are some. */
const told = ({ status, body }: Answer, plugin: string): string =>
  JSON.stringify({ status, body: typeof body === "string" ? "bytes" : body }, (name, value) =>
    OWN.has(name) ? undefined : value,
  ).replaceAll(plugin, "<plugin>");

beforeAll(async () => {
  organization = await startOrganization();
  ({ owner } = organization);
  const { client, server } = organization;
  await client.organizations.createProject({ slug: "north", name: "North" });
  nora = await signedUp(server.url, "nora@example.org", { organization: "default", role: "member" });
  await client.organizations.setProjectMember("north", { email: nora.email, role: "member" });
  await owner.put(`${ORG}/policy`, { install: "everyone", debug: "everyone" });
  const plain = "export default {};";
  await organization.install({ id: BASE, code: plain });
  await organization.upload({ id: BASE, version: "2.0.0", code: plain });
  for (const id of [HIDDEN, SPARE])
    expect(
      await owner.upload(
        `${ORG}/uploads`,
        await makeUiPackage({
          id,
          ui: "export default () => null;",
          code: `export default { tools: { tell: { description: "t", async run(_, { api, log }) {
            log.info("the hidden line");
            await api.ui.showNotification({ title: "the hidden note" });
            return 1;
          } } } };`,
          tools: ["tell"],
          permissions: ["ui.notifications"],
          manifest: {
            dependencies: { [BASE]: "^1.0.0" },
            settings: { type: "object", properties: { unit: { type: "string", default: "metric" } } },
          },
        }),
      ),
    ).toMatchObject({ status: 201 });
  const installed = await owner.post(`${ORG}/plugins`, {
    plugin: HIDDEN,
    grants: ["ui.page", "ui.notifications"],
    scope: { projects: ["web"] },
  });
  expect(installed, JSON.stringify(installed.body)).toMatchObject({ status: 201 });
  await client.plugins.step(HIDDEN, "enable");
  expect(await owner.put(`${ORG}/plugins/${HIDDEN}/settings`, { unit: "x" })).toMatchObject({ status: 200 });
  expect(await owner.post(`${ORG}/tools/${HIDDEN}/tell`, { project: "web" })).toMatchObject({ status: 200 });
  const rules = { plugins: { [HIDDEN]: { pin: "^1.0.0" } }, exclude: [HIDDEN] };
  expect(await owner.put(`${ORG}/auto-update`, rules)).toMatchObject({ status: 200 });
  const key = { organization: "default", name: "hers", rights: RIGHTS };
  const made = await vi.waitFor(async () => {
    const answer = await nora.post("/api/api-keys", key);
    expect(answer.status).toBe(201);
    return answer;
  });
  byKey = owner.as(made.body.token);
  const { paths } = (await owner.get("/openapi.json")).body;
  routes = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method, path })),
  );
});
afterAll(() => organization?.stop());

describe("a plugin of projects that somebody does not belong to", () => {
  it("is seen by those who belong to one, and by administrators", async () => {
    for (const caller of [organization.manager, owner]) {
      const { items } = (await caller.get(`${ORG}/plugins`)).body;
      expect(items.map(({ plugin }: { plugin: string }) => plugin)).toContain(HIDDEN);
      expect((await caller.get(`${ORG}/plugins/${HIDDEN}/logs`)).status).toBe(200);
    }
  });

  it("is not found, as one that is not installed is not, on every route of an installation", async () => {
    const own = routes.filter(({ path }) => /^\/api\/orgs\/\{org\}\/(plugins|tools)\/\{plugin\}/.test(path));
    expect(own.length).toBeGreaterThan(20);
    for (const [who, call] of callers())
      for (const { method, path } of own) {
        const body = ROUTE_BODIES[`${method} ${path}`];
        const where = `${who}: ${method} ${path}`;
        const answer = await call(method.toUpperCase(), filled(path, HIDDEN), body);
        const absent = await call(method.toUpperCase(), filled(path, ABSENT), body);
        // A member configures nothing, whatever it is.
        const isRefused = path.endsWith("/settings") && method !== "get";
        expect(answer.body?.code, where).toBe(isRefused ? "forbidden" : "plugin_not_installed");
        expect(told(answer, HIDDEN), where).toBe(told(absent, ABSENT));
      }
  });

  it("shows as a package that is not installed, on every route of the catalog", async () => {
    const own = routes.filter(
      ({ method, path }) => method === "get" && path.startsWith("/api/orgs/{org}/catalog/{plugin}"),
    );
    expect(own.length).toBeGreaterThan(4);
    for (const [who, call] of callers()) {
      for (const { path } of own) {
        const answer = await call("GET", filled(path, HIDDEN));
        expect(told(answer, HIDDEN), `${who}: ${path}`).toBe(
          told(await call("GET", filled(path, SPARE)), SPARE),
        );
      }
      const { items } = (await call("GET", `${ORG}/catalog`)).body;
      const entry = items.find(({ plugin }: { plugin: string }) => plugin === HIDDEN);
      expect(entry.installed).toBeNull();
    }
  });

  it("is named by nothing else that can be read", async () => {
    const reads = routes.filter(
      ({ method, path }) =>
        method === "get" && path.includes("{org}") && !path.includes("/catalog") && !path.endsWith("/events"),
    );
    expect(reads.length).toBeGreaterThan(25);
    for (const [who, call] of callers())
      for (const { path } of reads) {
        const { status, body } = await call("GET", filled(path, BASE));
        const text = JSON.stringify(body);
        expect(status, `${who}: ${path} ${text}`).toBeLessThan(500);
        for (const word of [HIDDEN, "the hidden"]) expect(text, `${who}: ${path}`).not.toContain(word);
      }
    expect((await nora.get(`${ORG}/notifications`)).body).toMatchObject({ items: [], unread: 0 });
  });

  it("keeps what it needs from being changed, unnamed", async () => {
    for (const [who, call] of callers())
      for (const [method, path, body, code] of [
        ["POST", "disable", undefined, "dependency_in_use"],
        ["DELETE", "?disable=true", undefined, "dependency_in_use"],
        ["POST", "update", { version: "2.0.0" }, "dependency_conflict"],
      ] as const) {
        const at = `${ORG}/plugins/${BASE}${path.startsWith("?") ? "" : "/"}${path}`;
        const answer = await call(method, at, body);
        expect(answer.body.code, `${who}: ${at} ${JSON.stringify(answer.body)}`).toBe(code);
        expect(JSON.stringify(answer.body), `${who}: ${at}`).not.toContain(HIDDEN);
        expect(answer.body.detail).toContain("projects that you do not belong to");
      }
    const resolution = await nora.get(`${ORG}/catalog/${BASE}/versions/2.0.0/resolution`);
    expect(resolution.body.code).toBe("dependency_conflict");
    expect(JSON.stringify(resolution.body)).not.toContain(HIDDEN);
  });

  it("can be asked for, and is refused to those who would install or bring it, without a word why", async () => {
    const asked = await nora.post(`${ORG}/requests`, { plugin: HIDDEN });
    expect(asked, JSON.stringify(asked.body)).toMatchObject({ status: 201 });
    const refused = await nora.post(`${ORG}/plugins`, {
      plugin: HIDDEN,
      grants: ["ui.page", "ui.notifications"],
    });
    expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(refused.body.detail).not.toMatch(/installed/);
    const lead = await signedUp(organization.server.url, "leo@example.org", {
      organization: "default",
      role: "viewer",
    });
    await organization.client.organizations.setProjectMember("north", { email: lead.email, role: "manager" });
    const form = new FormData();
    const zip = await makePackage({ id: HIDDEN, version: "3.0.0", code: "export default {};" });
    form.append("package", new Blob([Uint8Array.from(zip)]), "package.zip");
    await expect.poll(async () => (await lead.get("/api/me")).body.organizations[0].rights.length).toBe(5);
    const brought = await lead.call("POST", `${ORG}/uploads`, form);
    expect(brought).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(brought.body.detail).not.toMatch(/installed/);
  });

  it("is in no lock file of somebody from whom it is hidden, since without it the file would be a lie", async () => {
    for (const [, call] of callers()) {
      expect((await call("GET", `${ORG}/lock`)).body.code).toBe("forbidden");
      const lock = { lockfileVersion: 1, plugins: {} };
      expect((await call("POST", `${ORG}/lock/plan`, { lock, prune: true })).body.code).toBe("forbidden");
    }
    expect((await owner.get(`${ORG}/lock`)).body.plugins).toHaveProperty([HIDDEN]);
  });

  it("keeps what the rules for updates say of it when somebody replaces them who does not see it", async () => {
    expect((await nora.call("PUT", `${ORG}/auto-update`, { strategy: "patch" })).status).toBe(200);
    expect((await owner.get(`${ORG}/auto-update`)).body).toMatchObject({
      strategy: "patch",
      exclude: [HIDDEN],
      plugins: { [HIDDEN]: { pin: "^1.0.0" } },
    });
  });

  it("changes without being named in what they follow", async () => {
    const { url } = organization.server;
    const closing = new AbortController();
    const client = new PatchbayClient({
      url,
      apiKey: (
        await nora.post("/api/api-keys", {
          organization: "default",
          name: "listens",
          rights: ["org.plugins.read"],
        })
      ).body.token,
    });
    const heard: ActivityDto[] = [];
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const change of client.activity.follow({ signal: closing.signal, onState: () => resolve() }))
        heard.push(change);
    })().catch(() => undefined);
    await listening;
    await owner.put(`${ORG}/plugins/${HIDDEN}/settings`, { unit: "y" });
    await owner.post(`${ORG}/plugins/${HIDDEN}/disable`);
    await owner.put(`${ORG}/plugins/${BASE}/grants`, { grants: [] });
    await expect.poll(() => heard).toContainEqual({ kind: "installation", plugin: BASE });
    expect(JSON.stringify(heard)).not.toContain(HIDDEN);
    closing.abort();
    await reading;
  });
});
