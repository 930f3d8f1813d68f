import { PatchbayClient } from "@patchbay/api-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PRODUCTS, startLocalProduct } from "../packages/models/src/testing/local-product.ts";
import type { Answer } from "./support/api.ts";
import { said } from "./support/model-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import type { PluginSource } from "./support/packages.ts";
import { signedInAdministrator } from "./support/people.ts";
import { BOOTSTRAP_KEY, startServer, temporaryFolder } from "./support/server.ts";

const LOCAL = "/api/orgs/default/models/local";
const PLUGIN = "/api/orgs/default/plugins/patchbay.openai";
const ANSWER = {
  choices: [{ index: 0, message: { role: "assistant", content: "Hello from here." }, finish_reason: "stop" }],
};

let parts: TestOrganization;
let ollama: Awaited<ReturnType<typeof startLocalProduct>>;
/** Another thing that listens on this machine. */
let inside: Awaited<ReturnType<typeof startLocalProduct>>;

beforeAll(async () => {
  ollama = await startLocalProduct({ ...PRODUCTS.ollama, "/v1/chat/completions": ANSWER });
  inside = await startLocalProduct({ "/": "secret of this machine" });
  parts = await startOrganization({}, [ollama.port]);
});
afterAll(async () => {
  await ollama?.stop();
  await inside?.stop();
  await parts?.stop();
});

const url = () => `http://127.0.0.1:${ollama.port}/v1`;
const use = (body: object = { url: url() }): Promise<Answer> => parts.owner.post(`${LOCAL}/ollama`, body);
const chat = (): Promise<Answer> =>
  parts.owner.post("/v1/chat/completions", { model: "ollama/llama3.2:3b", messages: said("Hi") });
const valuesNow = async () => (await parts.owner.get(`${PLUGIN}/settings`)).body.values.ollama?.url;

const FETCHES = `export default { tools: { get: { description: "Gets.", async run({ url }) {
  try { return await (await fetch(url)).text(); } catch (error) { return error.code ?? String(error); }
} } } };`;
const fetching = (id: string): PluginSource => ({
  id,
  code: FETCHES,
  tools: ["get"],
  manifest: {
    permissions: { required: [{ name: "net.fetch", hosts: ["127.0.0.1", "localhost", "[::1]"] }] },
    settings: {
      type: "object",
      properties: { ollama: { type: "object", properties: { url: { type: "string" } } } },
    },
  },
});

describe("a model server on the machine of a fresh server", () => {
  it("is found by itself, and offered with what using it brings along", async () => {
    const { status, body } = await parts.owner.get(LOCAL);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ isOn: true, plugin: "patchbay.openai", enables: true, grants: [] });
    expect(body.items).toEqual([
      {
        server: "ollama",
        title: "Ollama",
        version: "0.9.0",
        url: url(),
        models: ["llama3.2:3b", "nomic-embed-text"],
        modelCount: 2,
        inUse: false,
      },
    ]);
    const client = new PatchbayClient({ url: parts.server.url, apiKey: BOOTSTRAP_KEY });
    expect((await client.models.local()).items).toEqual(body.items);
    expect((await client.models.lookForLocal()).items).toEqual(body.items);
  });

  it("is not reached by writing its address into the settings", async () => {
    await parts.owner.post(`${PLUGIN}/enable`);
    await parts.owner.put(`${PLUGIN}/settings`, { ollama: { url: url() } });
    const { body } = await parts.owner.post(`${PLUGIN}/models/test`);
    expect(body.items.find(({ name }: { name: string }) => name === "ollama")).toMatchObject({
      status: "fails",
      message: expect.stringContaining("not a public address"),
    });
    await parts.owner.put(`${PLUGIN}/settings`, { ollama: null });
    await parts.owner.post(`${PLUGIN}/disable`);
  });

  it("is not used at another address than the one that was found", async () => {
    for (const other of [`http://127.0.0.1:${inside.port}/v1`, `http://localhost:${ollama.port}/v1`, "x"]) {
      const { status, body } = await use({ url: other });
      expect([status, body.code]).toEqual([404, "local_server_not_found"]);
    }
    expect((await parts.owner.post(`${LOCAL}/vllm`, { url: url() })).body.code).toBe(
      "local_server_not_found",
    );
    expect((await parts.owner.post(`${LOCAL}/other`, { url: url() })).body.code).toBe(
      "local_server_not_found",
    );
    expect(await valuesNow()).toBeUndefined();
    expect((await parts.owner.get(PLUGIN)).body.state).toBe("disabled");
  });

  it("answers after one request", async () => {
    const { status, body } = await use();
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toEqual({
      server: "ollama",
      url: url(),
      modelCount: 2,
      models: ["ollama/llama3.2:3b", "ollama/nomic-embed-text"],
    });
    const answer = await chat();
    expect(answer.body.choices?.[0].message.content, JSON.stringify(answer.body)).toBe("Hello from here.");
    expect((await parts.owner.get(LOCAL)).body).toMatchObject({ enables: false, items: [{ inUse: true }] });
    const audit = await parts.owner.get("/api/orgs/default/audit?limit=5");
    expect(JSON.stringify(audit.body)).toContain(url());
  });

  it("is reached by no other plugin", async () => {
    await parts.install(fetching("acme.stranger"), ["net.fetch"]);
    const plugin = "/api/orgs/default/plugins/acme.stranger";
    expect((await parts.owner.put(`${plugin}/settings`, { ollama: { url: url() } })).status).toBe(200);
    expect((await parts.owner.post(`${plugin}/enable`)).status).toBe(200);
    const before = ollama.asked.length;
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      const target = `http://${host}:${ollama.port}/v1/models`;
      const { body } = await parts.owner.post("/api/orgs/default/tools/acme.stranger/get", {
        input: { url: target },
      });
      expect(JSON.stringify(body)).toContain("fetch_refused");
    }
    expect(ollama.asked).toHaveLength(before);
  });

  it("gives its plugin nothing else of this machine", async () => {
    await parts.owner.put(`${PLUGIN}/settings`, { other: { url: `http://127.0.0.1:${inside.port}` } });
    const { body } = await parts.owner.post(`${PLUGIN}/models/test`);
    const of = (wanted: string) => body.items.find(({ name }: { name: string }) => name === wanted);
    expect(of("ollama")).toMatchObject({ status: "answers", models: 2 });
    expect(of("other")).toMatchObject({ status: "fails" });
    expect(inside.asked).toEqual([]);
    await parts.owner.put(`${PLUGIN}/settings`, { other: null });
  });

  it("is out of reach for another organization, which cannot see it either", async () => {
    const theirs = "/api/orgs/other";
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/look"],
      ["POST", "/ollama"],
    ] as const) {
      const body = path === "/ollama" ? { url: url() } : undefined;
      expect((await parts.stranger.call(method, `${theirs}/models/local${path}`, body)).status).toBe(403);
      expect((await parts.stranger.call(method, `${LOCAL}${path}`, body)).status).toBe(404);
      expect((await parts.manager.call(method, `${LOCAL}${path}`, body)).status).toBe(403);
    }
    const plugin = `${theirs}/plugins/patchbay.openai`;
    expect((await parts.stranger.post(`${plugin}/enable`)).status).toBe(200);
    const settings = { ollama: { url: url() }, other: { url: `http://localhost:${ollama.port}/v1` } };
    expect((await parts.stranger.call("PUT", `${plugin}/settings`, settings)).status).toBe(200);
    const before = ollama.asked.length;
    const { body } = await parts.stranger.post(`${plugin}/models/test`);
    const told = body.items.filter(({ name }: { name: string }) => name === "ollama" || name === "other");
    expect(told).toMatchObject([{ status: "fails" }, { status: "fails" }]);
    expect(ollama.asked).toHaveLength(before);
  });

  it("is out of reach once the setting has named something else", async () => {
    await parts.owner.put(`${PLUGIN}/settings`, { ollama: { url: `${url()}/` } });
    expect((await chat()).status).not.toBe(200);
    await parts.owner.put(`${PLUGIN}/settings`, { ollama: { url: url() } });
    expect((await chat()).status).not.toBe(200);
    expect((await parts.owner.get(LOCAL)).body.items[0].inUse).toBe(false);
    expect((await use()).status).toBe(200);
    expect((await chat()).status).toBe(200);
  });

  it("that has stopped is not used, and nothing is changed", async () => {
    await parts.owner.put(`${PLUGIN}/settings`, { ollama: null });
    await parts.owner.post(`${PLUGIN}/disable`);
    await ollama.stop();
    const { status, body } = await use();
    expect([status, body.code]).toEqual([404, "local_server_not_found"]);
    expect(await valuesNow()).toBeUndefined();
    expect((await parts.owner.get(PLUGIN)).body.state).toBe("disabled");
  });
});

it("nobody looks where the operator has switched that off", async () => {
  const product = await startLocalProduct(PRODUCTS.ollama);
  const folder = await temporaryFolder();
  const server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_LOCAL_MODELS: "off" },
    localPorts: [product.port],
  });
  const admin = await signedInAdministrator(server.url);
  expect((await admin.get(LOCAL)).body).toMatchObject({ isOn: false, items: [] });
  const body = { url: `http://127.0.0.1:${product.port}/v1` };
  for (const answer of [await admin.post(`${LOCAL}/look`), await admin.post(`${LOCAL}/ollama`, body)])
    expect([answer.status, answer.body.code]).toEqual([403, "local_models_off"]);
  expect(product.asked).toEqual([]);
  await server.stop();
  await folder.remove();
  await product.stop();
});
