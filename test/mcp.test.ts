import { createMCPClient } from "@ai-sdk/mcp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, connectedAsBefore, MODES, PIXEL, WEATHER, weatherPlugin } from "./support/mcp-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

let parts: TestOrganization;
let url: string;

beforeAll(async () => {
  parts = await startOrganization();
  url = `${parts.server.url}/mcp`;
  for (const source of [weatherPlugin]) {
    await parts.install(source);
    await parts.client.plugins.step(source.id, "enable");
  }
});
afterAll(async () => await parts?.stop());

const place = { place: "Oslo" };

describe("the clients of the field", () => {
  it.each(MODES)("the official client lists tools and calls them: %j", async (mode) => {
    const client = await connected(url, { mode });
    const { tools } = await client.listTools();
    const names = tools.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(tools.find(({ name }) => name === "acme_weather_forecast")).toMatchObject({
      title: "Forecast",
      inputSchema: { type: "object", required: ["place"] },
      outputSchema: { type: "object" },
      annotations: { readOnlyHint: true },
    });
    const called = await client.callTool({ name: "acme_weather_forecast", arguments: place });
    expect(called.structuredContent).toEqual({ place: "Oslo", degrees: 12.5 });
    await client.close();
  });

  it("the client of the old era does, with its key in x-api-key", async () => {
    const client = await connectedAsBefore(url);
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    const called = await client.callTool({ name: "acme.weather_forecast", arguments: place });
    expect(called.structuredContent).toEqual({ place: "Oslo", degrees: 12.5 });
    await client.close();
  });

  it("the AI SDK's client does", async () => {
    const headers = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
    const client = await createMCPClient({ transport: { type: "http", url, headers } });
    const tools = await client.tools();
    const forecast = tools.acme_weather_forecast;
    const called = await forecast?.execute(place, { toolCallId: "1", messages: [], context: {} } as never);
    expect(called).toMatchObject({ structuredContent: { degrees: 12.5 } });
    await client.close();
  });
});

describe.each(MODES)("what tools answer: %j", (mode) => {
  const call = async (tool: string, input: Record<string, unknown> = {}) => {
    const client = await connected(url, { mode });
    try {
      return await client.callTool({ name: `acme_weather_${tool}`, arguments: input });
    } finally {
      await client.close();
    }
  };

  it("joins the values of a stream", async () => {
    expect((await call("words")).content).toEqual([{ type: "text", text: "one two three" }]);
    expect((await call("numbers")).content).toEqual([{ type: "text", text: '[{"n":0},{"n":1},{"n":2}]' }]);
  });

  it("has files as what they are", async () => {
    const { content } = await call("map");
    expect(content).toEqual([
      { type: "text", text: '{"name":"Oslo","picture":null}' },
      { type: "image", data: PIXEL, mimeType: "image/png" },
    ]);
  });

  it("shows content to models and people, and nothing that is none", async () => {
    expect((await call("show")).content).toMatchObject([
      { type: "text" },
      { type: "image", data: PIXEL },
      { type: "resource", resource: { text: "A note." } },
    ]);
    expect(await call("lies")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("is no list of texts, images") }],
    });
  });

  it("says errors of a tool and of its input to the model, and of the protocol to the client", async () => {
    expect(await call("fails")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("The station is closed.") }],
    });
    // Where it is, once.
    expect(await call("forecast", { place: 3 })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^[^\n]*\/place: [^\n]*$/) }],
    });
    await expect(call("nothing")).rejects.toMatchObject({ code: -32602 });
  });
});

describe.each(MODES)("calls that last: %j", (mode) => {
  const linesAfter = async (): Promise<string[]> => {
    const { body } = await parts.owner.get(`/api/orgs/default/plugins/${WEATHER}/logs?limit=1000`);
    return (body.items as { message: string }[]).map(({ message }) => message);
  };
  const count = (lines: readonly string[], text: string) => lines.filter((line) => line === text).length;

  it("tell how far they are", async () => {
    const client = await connected(url, { mode });
    const told: unknown[] = [];
    const called = await client.callTool(
      { name: "acme_weather_counts", arguments: {} },
      { onprogress: (progress) => void told.push(progress) },
    );
    expect(called.content).toEqual([{ type: "text", text: "counted" }]);
    expect(told).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: `Step ${progress}` })));
    await client.close();
  });

  it("are ended in the plugin when the client gives them up", async () => {
    const client = await connected(url, { mode });
    const before = await linesAfter();
    const stop = new AbortController();
    const call = client
      .callTool({ name: "acme_weather_waits", arguments: {} }, { signal: stop.signal })
      .catch((error: unknown) => error);
    const isThere = (text: string) => async () => count(await linesAfter(), text) > count(before, text);
    await expect.poll(isThere("It has begun."), { timeout: 10_000 }).toBe(true);
    stop.abort();
    await expect.poll(isThere("The caller has gone."), { timeout: 10_000 }).toBe(true);
    expect(await call).toBeInstanceOf(Error);
    await client.close();
  });
});

it("a call's progress comes as events of REST", async () => {
  const answer = await fetch(`${parts.server.url}/api/orgs/default/tools/${WEATHER}/counts`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${BOOTSTRAP_KEY}`,
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: "{}",
  });
  const text = await answer.text();
  expect(text.match(/event: \w+/g)).toEqual([
    ...["event: progress", "event: progress", "event: progress"],
    ...["event: output", "event: done"],
  ]);
  expect(text).toContain('{"done":2,"total":3,"message":"Step 2"}');
});

describe("who may ask", () => {
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } },
  };
  const post = (headers: Record<string, string>, body: unknown = initialize) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const known = { authorization: `Bearer ${BOOTSTRAP_KEY}` };

  it("is who has a key, and is told so", async () => {
    const nobody = await post({});
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="Patchbay"']);
    expect(await nobody.json()).toMatchObject({
      jsonrpc: "2.0",
      error: { data: { code: "unauthenticated" } },
    });
    const mistyped = await post({ authorization: "Bearer pb_wrong" });
    expect([mistyped.status, mistyped.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer realm="Patchbay", error="invalid_token"',
    ]);
    expect((await post({ "x-api-key": "pb_wrong" })).status).toBe(401);
    expect((await post(known)).status).toBe(200);
  });

  it("is no page of another site", async () => {
    const evil = await post({ ...known, origin: "http://evil.example" });
    expect(evil.status).toBe(403);
    expect(await evil.json()).toMatchObject({ error: { data: { code: "cross_origin" } } });
    expect((await post({ ...known, origin: parts.server.url })).status).toBe(200);
  });

  it("hears of what cannot be read in the protocol's own form", async () => {
    const broken = await post(known, "{");
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: -32700 } }]);
    const text = await post({ ...known, "content-type": "text/plain" }, "{}");
    expect([text.status, await text.json()]).toMatchObject([415, { jsonrpc: "2.0" }]);
  });

  it("is nobody whose key may not use plugins", async () => {
    const made = await parts.owner.post("/api/api-keys", {
      organization: "default",
      name: "reads",
      rights: ["org.plugins.read"],
    });
    expect((await post({ authorization: `Bearer ${made.body.token}` })).status).toBe(403);
  });
});
