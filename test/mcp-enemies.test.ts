import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { connected, connectedAsBefore, WEATHER, weatherPlugin } from "./support/mcp-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const CONTENT = "acme.content";
const CODE = `
export default {
  prompts: { hello: { run: () => "Hello" }, fails: { run: () => { throw new Error("No."); } } },
  resources: {
    guide: { uri: "docs://guide", mediaType: "text/plain", read: () => "The guide." },
    page: { uri: "docs://pages/{page}", complete: { page: () => ["start", "end"] }, read: ({ page }) => "Page " + page },
  },
};`;
const contributes = {
  prompts: [{ name: "hello" }, { name: "fails" }],
  resources: [
    { name: "guide", uri: "docs://guide", mediaType: "text/plain" },
    { name: "page", uri: "docs://pages/{page}" },
  ],
};

let parts: TestOrganization;
let url: string;
/** Owns another organization. */
let strangerKey: string;

const keyOf = async (
  person: Pick<Api, "post">,
  organization: string,
): Promise<{ id: string; token: string }> => {
  const made = await person.post("/api/api-keys", {
    organization,
    name: "client",
    rights: ["org.plugins.read", "org.plugins.use"],
  });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body;
};

beforeAll(async () => {
  parts = await startOrganization();
  url = `${parts.server.url}/mcp`;
  for (const source of [weatherPlugin, { id: CONTENT, code: CODE, manifest: { contributes } }]) {
    await parts.install(source);
    await parts.client.plugins.step(source.id, "enable");
  }
  const tools = [{ plugin: WEATHER, tool: "forecast" }];
  await parts.client.toolsets.create({ name: "office", tools });
  strangerKey = (await keyOf(parts.stranger as unknown as Api, "other")).token;
});
afterAll(async () => await parts?.stop());

it("a key of another organization sees nothing of this one", async () => {
  const stranger = await connected(url, { key: strangerKey });
  const { tools } = await stranger.listTools();
  expect(tools.filter(({ name }) => name.startsWith("acme"))).toEqual([]);
  for (const name of ["acme_weather_forecast", "acme.weather_forecast"])
    await expect(stranger.callTool({ name, arguments: { place: "Oslo" } })).rejects.toMatchObject({
      code: -32602,
    });
  await expect(stranger.readResource({ uri: `patchbay://${CONTENT}/docs://guide` })).rejects.toMatchObject({
    code: -32602,
  });
  await expect(stranger.getPrompt({ name: "acme_content_hello" })).rejects.toMatchObject({ code: -32602 });
  await stranger.close();
  await expect(connected(`${url}/office`, { key: strangerKey })).rejects.toThrow("no toolset");
  const headers = { "patchbay-organization": "default" };
  await expect(connected(url, { key: strangerKey, headers })).rejects.toThrow();
});

it("prompts and resources stand under their plugin, and in a toolset as they are written", async () => {
  const client = await connected(url);
  expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain("acme_content_hello");
  expect((await client.getPrompt({ name: "acme_content_hello" })).messages).toEqual([
    { role: "user", content: { type: "text", text: "Hello" } },
  ]);
  await expect(client.getPrompt({ name: "acme_content_fails" })).rejects.toThrow("No.");
  const uri = `patchbay://${CONTENT}/docs://guide`;
  expect((await client.listResources()).resources.map((one) => one.uri)).toContain(uri);
  expect((await client.readResource({ uri })).contents).toEqual([
    { uri, mimeType: "text/plain", text: "The guide." },
  ]);
  const uriTemplate = `patchbay://${CONTENT}/docs://pages/{page}`;
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map((one) => one.uriTemplate)).toContain(uriTemplate);
  const asked = {
    ref: { type: "ref/resource", uri: uriTemplate },
    argument: { name: "page", value: "" },
  } as const;
  expect((await client.complete(asked)).completion.values).toEqual(["start", "end"]);
  await expect(client.readResource({ uri: "docs://guide" })).rejects.toMatchObject({ code: -32602 });
  await client.close();
  await parts.client.toolsets.create({ name: "content", tools: [] });
  const empty = await connected(`${url}/content`);
  // It names no plugin, so that it has nothing of any.
  expect((await empty.listPrompts()).prompts).toEqual([]);
  await expect(empty.readResource({ uri })).rejects.toMatchObject({ code: -32602 });
  await empty.close();
});

it("a plugin that is switched off says so, and is listed no more", async () => {
  const client = await connected(url);
  await parts.client.plugins.step(WEATHER, "disable");
  expect((await client.listTools()).tools.filter(({ name }) => name.includes("weather"))).toEqual([]);
  expect(
    await client.callTool({ name: "acme_weather_forecast", arguments: { place: "Oslo" } }),
  ).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("disabled") }],
  });
  await parts.client.plugins.step(WEATHER, "enable");
  await client.close();
});

it("a call ends soon after the key with which it was made", async () => {
  const { id, token } = await keyOf(parts.owner, "default");
  const client = await connectedAsBefore(url, token);
  const lines = async (): Promise<string> =>
    JSON.stringify((await parts.owner.get(`/api/orgs/default/plugins/${WEATHER}/logs?limit=1000`)).body);
  const call = client
    .callTool({ name: "acme_weather_waits", arguments: {} })
    .catch((error: unknown) => error);
  await expect.poll(lines, { timeout: 10_000 }).toContain("It has begun.");
  await parts.owner.delete(`/api/api-keys/${id}?organization=default`);
  await expect.poll(lines, { timeout: 10_000 }).toContain("The caller has gone.");
  await client.close().catch(() => undefined);
  expect(await call).toBeInstanceOf(Error);
});

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
};
const call = (params: object) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "acme_weather_forecast", arguments: { place: "Oslo" }, _meta: META, ...params },
});

it.each<[string, unknown]>([
  ["nothing", ""],
  ["a number", "7"],
  ["an empty list", "[]"],
  ["many calls that are none", JSON.stringify(Array.from({ length: 5_000 }, () => ({})))],
  ["deep lists", "[".repeat(5_000)],
  ["a name of another type", call({ name: 7 })],
  ["a long name", call({ name: "a".repeat(1_000_000) })],
  ["arguments that are a list", call({ arguments: [1] })],
  ["a state of its own making", call({ requestState: "v1.x.y", inputResponses: { a: 1 } })],
  ["a token that is an object", call({ _meta: { ...META, progressToken: {} } })],
  ["a method of objects", { jsonrpc: "2.0", id: 1, method: "constructor", params: { _meta: META } }],
  [
    "a cursor of its own making",
    { jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor: "€", _meta: META } },
  ],
])("takes %s without harm", async (_, body) => {
  const sent = body as { method?: string; params?: { name?: unknown } };
  const { status, text } = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${BOOTSTRAP_KEY}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(typeof body === "object" && {
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": String(sent.method),
        ...(typeof sent.params?.name === "string" && { "mcp-name": sent.params.name.slice(0, 200) }),
      }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }).then(async (answer) => ({ status: answer.status, text: await answer.text() }));
  expect(status, text).toBeLessThan(500);
  expect(text).not.toMatch(/at \w+ \(|node_modules|ECONN/);
  expect((await new Api(parts.server.url).get("/readyz")).status).toBe(200);
});
