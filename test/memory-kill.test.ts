import type { MemoryExtraction } from "@patchbay/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { makePackage } from "./support/packages.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ORG = "/api/orgs/default";
const PLUGIN = "acme.notes";
const PERMISSIONS = ["memory.read", "memory.write", "memory.extract", "storage.scoped"];
/** The model answers the second time that it is asked, whichever process it is in. */
const CODE = `
export default {
  tools: {
    call: { description: "c", run: ({ method, args }, { api }) => api.memory[method](...args) },
    asked: { description: "a", run: async (_, { api }) => (await api.storage.get("asked")) ?? 0 },
  },
  models: { thinker: {
    list: () => [{ name: "one", kind: "chat" }],
    async *chat(_, { api }) {
      const asked = ((await api.storage.get("asked")) ?? 0) + 1;
      await api.storage.set("asked", asked);
      if (asked === 1) await new Promise(() => undefined);
      yield { type: "text", text: JSON.stringify({ facts: [{ fact: "The user lives in Bergen", message: "1", quote: "I live in Bergen" }] }) };
      yield { type: "finish", reason: "stop" };
    },
  } },
};`;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({ dataDir: folder.path });
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const call = async (tool: string, method = "", ...args: unknown[]) => {
  const { status, body } = await new Api(server.url).post(`${ORG}/tools/${PLUGIN}/${tool}`, {
    input: { method, args },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.output;
};

it("goes on with an extraction that a killed server was in the middle of, and keeps each fact once", async () => {
  const api = new Api(server.url);
  const tools = [
    { name: "call", description: "c" },
    { name: "asked", description: "a" },
  ];
  const contributes = { tools, models: [{ name: "thinker", kinds: ["chat"] }] };
  const manifest = { permissions: { optional: PERMISSIONS }, contributes };
  const uploaded = await api.upload(
    `${ORG}/uploads`,
    await makePackage({ id: PLUGIN, code: CODE, manifest }),
  );
  expect(uploaded.status, JSON.stringify(uploaded.body)).toBe(201);
  await api.post(`${ORG}/plugins`, { plugin: PLUGIN, grants: PERMISSIONS });
  await api.post(`${ORG}/plugins/${PLUGIN}/enable`);
  await api.put(`${ORG}/models/rules`, { defaultModel: "thinker/one" });
  await call("call", "createNamespace", "notes");
  const messages = [{ id: "1", role: "user", text: "I live in Bergen." }];
  const begun: MemoryExtraction = await call("call", "extract", "notes", messages);
  await expect.poll(() => call("asked")).toBe(1);
  await server.kill();
  server = await startServer({ dataDir: folder.path });
  const look = async (): Promise<MemoryExtraction> => await call("call", "extraction", begun.id);
  await expect.poll(async () => (await look()).state, { timeout: 60_000 }).toBe("succeeded");
  expect(await look()).toMatchObject({ attempts: 2, report: { found: 1, added: 1 } });
  expect((await call("call", "list", "notes")).items).toMatchObject([{ text: "The user lives in Bergen" }]);
});
