import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage, type PluginSource } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

/** What a server may grow by while one plugin yields for ever: what is gathered, as text, a few times over. */
const MOST_GROWTH_BYTES = 400 * 1024 * 1024;

/** What it may grow by while one plugin asks for far more of what it has stored than it takes: a few slots of it, and the pipe. */
const MOST_HELD_BYTES = 500 * 1024 * 1024;

const PLUGINS = "/api/orgs/default/plugins";
const TOOLS = "/api/orgs/default/tools";
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

const upload = async (source: PluginSource) => {
  const answer = await api.upload("/api/orgs/default/uploads", await makePackage(source));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
};
const step = async (id: string, name: string, body?: unknown) => {
  const answer = await api.post(`${PLUGINS}/${id}/${name}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const install = async (id: string, grants: readonly string[] = []) => {
  const answer = await api.post(PLUGINS, { plugin: id, grants });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  await step(id, "enable");
};

/** The most that the server has had in memory so far, in bytes, where the system says so. */
const resident = async (what: "VmRSS" | "VmHWM" = "VmRSS") =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(await readFile(`/proc/${server.pid}/status`, "utf8"))?.[1]) *
  1024;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
  api = new Api(server.url);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

test("an update and a rollback to the same code keep all that the plugin may do, and the limits of each version apply", async () => {
  const id = "acme.same";
  const version = (number: string, callSeconds: number): PluginSource => ({
    id,
    version: number,
    tools: ["count", "wait"],
    code: `export default { tools: {
      count: { description: "", async run(_, { api }) { const n = ((await api.storage.get("n")) ?? 0) + 1; await api.storage.set("n", n); return n; } },
      wait: { description: "", run: () => new Promise((resolve) => setTimeout(resolve, 1_500, "waited")) } } };`,
    manifest: {
      permissions: { required: [{ name: "storage.scoped", reason: "Counts." }] },
      limits: { callSeconds, memoryMb: 64 },
    },
  });
  await upload(version("1.0.0", 1));
  await install(id, ["storage.scoped"]);
  const call = async (tool: string) => (await api.post(`${TOOLS}/${id}/${tool}`, {})).body;
  const running = async () =>
    (await api.get(`${PLUGINS}/${id}/instances`)).body.items.map((one: { version: string }) => one.version);
  expect(await call("count")).toMatchObject({ output: 1 });
  expect(await call("wait")).toMatchObject({ code: "deadline_exceeded" });

  await upload(version("1.0.1", 10));
  await step(id, "update");
  expect(await call("count")).toMatchObject({ output: 2 });
  expect(await call("wait")).toMatchObject({ output: "waited" });
  await expect.poll(running).toEqual(["1.0.1"]);

  await step(id, "rollback");
  expect(await call("count")).toMatchObject({ output: 3 });
  expect(await call("wait")).toMatchObject({ code: "deadline_exceeded" });
  await expect.poll(running).toEqual(["1.0.0"]);
});

test("a tool that yields for ever is stopped by bytes for callers who cannot read a stream, and costs the server little", async () => {
  const id = "acme.endless";
  const code = `let ended = 0;
    export default { tools: {
      large: { description: "", async *run() { try { for (;;) yield "x".repeat(2_000_000); } finally { ended++; } } },
      small: { description: "", async *run() { try { for (;;) yield 1; } finally { ended++; } } },
      few: { description: "", async *run() { for (let n = 0; n < 12_000; n++) yield n; } },
      ended: { description: "", run: () => ended } } };`;
  await upload({ id, code, tools: ["large", "small", "few", "ended"] });
  await install(id);
  const call = async (tool: string) => (await api.post(`${TOOLS}/${id}/${tool}`, {})).body;
  const before = await resident();
  expect(await call("large")).toMatchObject({ code: "answer_too_large" });
  expect(await call("small")).toMatchObject({ code: "answer_too_large" });
  await expect.poll(() => call("ended")).toEqual({ output: 2 });
  expect((await call("few")).output).toHaveLength(12_000);
  if (process.platform === "linux") expect((await resident()) - before).toBeLessThan(MOST_GROWTH_BYTES);
});

test("the server says what sandboxes are held with, and takes no mode that it does not know", async () => {
  const { body } = await api.get("/readyz");
  expect(body).toMatchObject({
    status: "ready",
    sandbox: { mode: expect.stringMatching(/^(namespaces|process)$/) },
  });
  if (process.platform === "linux") expect(body.sandbox.memoryLimit).toBe(true);
  const other = await temporaryFolder();
  const refused = startServer({ dataDir: other.path, environment: { PATCHBAY_SANDBOX: "jail" } });
  await expect(refused).rejects.toThrow(/PATCHBAY_SANDBOX/);
  await other.remove();
});

test("a plugin that asks for more of its files and values than it takes costs the server a few of them, and gets the rest later", async () => {
  const id = "acme.greedy";
  const code = `const all = (count, work) => Promise.all(Array.from({ length: count }, work));
    export default { tools: {
      fill: { description: "", async run(_, { api }) {
        await api.storage.files.write("large", new Uint8Array(16 * 1024 * 1024));
        await api.storage.set("large", "x".repeat(1_000_000));
      } },
      // Comes to read next to nothing: it holds its thread soon after it has asked.
      files: { description: "", async run(_, { api }) { void all(900, () => api.storage.files.read("large")).catch(() => 0); await new Promise((resolve) => setTimeout(resolve, 100)); for (;;); } },
      values: { description: "", async run(_, { api }) { return (await all(100, () => api.storage.get("large"))).filter((one) => one.length === 1_000_000).length; } },
      some: { description: "", async run(_, { api }) { return (await all(6, () => api.storage.files.read("large"))).map((one) => one.bytes?.length ?? one.length); } } } };`;
  await upload({
    id,
    code,
    tools: ["fill", "files", "values", "some"],
    manifest: {
      permissions: { required: [{ name: "storage.scoped", reason: "Fills it." }] },
      limits: { callSeconds: 20, memoryMb: 512 },
    },
  });
  await install(id, ["storage.scoped"]);
  const call = async (tool: string) => (await api.post(`${TOOLS}/${id}/${tool}`, {})).body;
  await call("fill");
  const before = process.platform === "linux" ? await resident() : 0;
  expect(await call("values")).toMatchObject({ output: 100 });
  expect(await call("some")).toMatchObject({ output: Array(6).fill(16 * 1024 * 1024) });
  expect((await call("files")).code).toBeDefined();
  if (process.platform === "linux") expect((await resident("VmHWM")) - before).toBeLessThan(MOST_HELD_BYTES);
});
