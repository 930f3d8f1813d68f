import { PatchbayClient } from "@patchbay/api-client";
import { ERROR_CODES } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { type Random, seededRandom } from "./support/random.ts";
import { ADMIN, BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const METHODS = ["post", "put"] as const;
const WRONG_BODIES: readonly unknown[] = [
  [],
  "text",
  7,
  { unknown: true, __proto__: null },
  { plugin: 7, grants: "all", scope: {}, email: 7, rights: {}, input: 1, project: 1 },
];

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

const isModelRoute = (where: string): boolean => / \/v1\//.test(where);

const expectProblem = (where: string, { status, headers, body }: Awaited<ReturnType<Api["get"]>>) => {
  expect(status, where).toBeGreaterThanOrEqual(400);
  expect(status, `${where}: ${JSON.stringify(body)}`).not.toBe(500);
  const error = isModelRoute(where) ? body.error : undefined;
  if (error !== undefined) {
    // Clients of models read the errors of their own formats.
    expect([typeof error.type, error.message.length > 15], where).toEqual(["string", true]);
    return;
  }
  expect(headers.get("content-type"), where).toContain("application/problem+json");
  expect(Object.keys(ERROR_CODES), where).toContain(body.code);
  expect(body.detail.length, where).toBeGreaterThan(15);
  expect(body.remedy.length, where).toBeGreaterThan(5);
  expect(JSON.stringify(body), where).not.toMatch(/node_modules|\.ts:\d|at Object\./);
};

/** A round takes some 20 ms. */
const CHANGED_AT_RANDOM = 120;

describe("bad input", () => {
  it("gets a problem document on every route that takes a body, and changes nothing", async () => {
    const { paths } = (await api.get("/openapi.json")).body;
    const before = (await api.get("/api/orgs/default/audit")).body.items.length;
    let sent = 0;
    for (const [path, methods] of Object.entries<Record<string, unknown>>(paths)) {
      for (const method of METHODS) {
        const operation = methods[method] as { requestBody?: unknown } | undefined;
        if (operation?.requestBody === undefined) continue;
        const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          name === "org"
            ? "default"
            : name === "plugin"
              ? "patchbay.feeds"
              : name === "project"
                ? "default"
                : "x",
        );
        for (const body of WRONG_BODIES) {
          // The settings of a plugin without a schema take an empty object only; every body here is something else.
          expectProblem(
            `${method} ${at} ${JSON.stringify(body)}`,
            await api.call(method.toUpperCase(), at, body),
          );
          sent += 1;
        }
      }
    }
    expect(sent).toBeGreaterThan(50);
    expect((await api.get("/api/orgs/default/audit")).body.items.length).toBe(before);
  });

  it("may be a name that is not what it looks like", async () => {
    for (const [name, fault] of [
      ["\u001b[2Jpwned", "It has control characters."],
      ["a\u202egnp.exe", "It has characters that change the direction of writing."],
      ["\u200b", "It has invisible characters."],
      ["  ", "It shows nothing."],
    ] as const) {
      const refused = await api.post("/api/orgs/default/projects", { slug: "deceiving", name });
      expectProblem(JSON.stringify(name), refused);
      expect(refused.body.errors).toEqual([{ pointer: "/name", message: fault }]);
    }
  });

  it("may be no JSON, no known type, too large, or at no address", async () => {
    const send = async (path: string, body: string, type: string) => {
      const response = await fetch(new URL(path, server.url), {
        method: "POST",
        body,
        headers: { authorization: `Bearer ${BOOTSTRAP_KEY}`, "content-type": type },
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    const plugins = "/api/orgs/default/plugins";
    for (const [where, answer, status] of [
      ["no JSON", await send(plugins, "{", "application/json"), 400],
      ["nothing where something is wanted", await send(plugins, "", "application/json"), 400],
      ["no known type", await send(plugins, "a=b", "text/csv"), 415],
      ["too large", await send(plugins, `"${"x".repeat(25 * 1024 * 1024)}"`, "application/json"), 413],
      ["no address", await send("/api/nowhere", "{}", "application/json"), 404],
      [
        "a broken form",
        await send("/api/orgs/default/uploads", "--x", "multipart/form-data; boundary=x"),
        400,
      ],
    ] as const) {
      expectProblem(where, answer);
      expect(answer.status, where).toBe(status);
    }
    // A value of several forms is judged by the one that it comes nearest to.
    const policy = await api.call("PUT", "/api/orgs/default/policy", { sources: ["upload", "moon"] });
    expect(policy.body.errors).toEqual([
      { pointer: "/sources/1", message: expect.stringContaining("marketplace, github") },
    ]);
    // Nothing is wanted here, and JSON announced all the same.
    const disabled = await send(`${plugins}/patchbay.feeds/disable`, "", "application/json");
    expect(disabled).toMatchObject({ status: 200, body: { state: "disabled" } });
  });

  it("may be a package: garbage, too large, or none", async () => {
    const uploads = "/api/orgs/default/uploads";
    expect(await api.upload(uploads, Buffer.from("no zip at all"))).toMatchObject({
      status: 422,
      body: { code: "archive_unreadable" },
    });
    expect(await api.upload(uploads, Buffer.alloc(51 * 1024 * 1024))).toMatchObject({
      status: 413,
      body: { code: "package_too_large" },
    });
    expect(await api.post(uploads, { directory: "/nowhere" })).toMatchObject({
      status: 422,
      body: { code: "directory_unreadable" },
    });
    const form = new FormData();
    form.append("other", "text");
    expect(await api.call("POST", uploads, form)).toMatchObject({
      status: 400,
      body: { code: "invalid_request" },
    });
  });

  it("may be a lock file or a bundle that was changed at random places", async () => {
    const random = seededRandom();
    await api.upload(
      "/api/orgs/default/uploads",
      await makePackage({ id: "acme.packed", code: "export default {};" }),
    );
    const lock = JSON.stringify((await api.get("/api/orgs/default/lock")).body);
    const made = await new PatchbayClient({ url: server.url, apiKey: BOOTSTRAP_KEY }).bundles.create({
      plugins: [{ plugin: "acme.packed" }],
    });
    const bundle = Buffer.from(await new Response(made).arrayBuffer());
    for (let round = 0; round < CHANGED_AT_RANDOM; round += 1) {
      const plan = await api.post("/api/orgs/default/lock/plan", changedJson(JSON.parse(lock), random));
      if (plan.status !== 200) expectProblem(`lock of round ${round}`, plan);
      const form = new FormData();
      form.append("bundle", new Blob([Uint8Array.from(changedBytes(bundle, random))]), "bundle.tar");
      const imported = await api.call("POST", "/api/orgs/default/bundles/import", form);
      if (imported.status !== 201) expectProblem(`bundle of round ${round}`, imported);
    }
  });

  it("may be in the address: names that are not names, pages that are not pages", async () => {
    for (const path of [
      "/api/orgs/default/plugins/%00",
      "/api/orgs/default/plugins/..%2f..%2fetc",
      "/api/orgs/default/catalog?limit=0",
      "/api/orgs/default/catalog?limit=many",
      "/api/orgs/default/catalog?cursor=nonsense",
      "/api/orgs/default/catalog?nothing=1",
      "/api/orgs/default/audit?cursor=%27%3B--",
      "/api/orgs/default/plugins/patchbay.feeds/logs?after=x",
      "/api/orgs/default/calls/%00",
      "/api/orgs/default/calls?cursor=MSAn",
      "/api/orgs/default/calls?name=%00",
      "/api/orgs/default/calls?since=yesterday",
      "/api/orgs/%27/plugins",
      `/api/orgs/${"a".repeat(300)}/plugins`,
    ]) {
      expectProblem(path, await api.get(path));
    }
  });

  it("may be guessing: sign-ins that fail too often have to wait", async () => {
    const anonymous = api.as(null);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const { status } = await anonymous.post("/api/auth/sign-in", {
        email: "guessed@example.org",
        password: `guess ${attempt}`,
      });
      statuses.push(status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    const { headers } = await anonymous.post("/api/auth/sign-in", {
      email: "guessed@example.org",
      password: "again",
    });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await anonymous.post("/api/auth/sign-in", ADMIN)).status).toBe(200);
  });
});

/** The value with something else in one place. */
const changedJson = (value: unknown, random: Random): unknown => {
  const isInner = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isInner || random.next() < 0.15)
    return random.pick([
      null,
      -1,
      1e300,
      "",
      "x".repeat(5_000),
      "\0",
      [],
      {},
      [null],
      { __proto__: 1, a: {} },
    ]);
  const [key, inner] = random.pick(Object.entries(value));
  const changed: unknown = changedJson(inner, random);
  if (Array.isArray(value)) return value.with(Number(key), changed);
  return { ...value, [key]: changed };
};

/** Some bytes are others, or the end is missing. */
const changedBytes = (bytes: Buffer, random: Random): Buffer => {
  const changed = Buffer.from(bytes);
  if (random.next() < 0.2) return changed.subarray(0, Math.floor(random.next() * bytes.length));
  const most = random.pick([600, bytes.length]);
  for (let count = random.pick([1, 3, 20]); count > 0; count -= 1)
    changed[Math.floor(random.next() * most)] = random.pick([0, 0x2f, 0x37, 0xff]);
  return changed;
};
