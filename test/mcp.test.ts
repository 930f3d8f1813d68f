import { createMCPClient } from "@ai-sdk/mcp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, connectedAsBefore, MODES, PIXEL, WEATHER, weatherPlugin } from "./support/mcp-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const MANY = "acme.many";

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

  it("has content of the protocol's own form as it is, and no other", async () => {
    expect((await call("show")).content).toMatchObject([
      { type: "text" },
      { type: "image", data: PIXEL },
      { type: "resource", resource: { text: "A note." } },
    ]);
    expect(await call("lies")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("has a part 0 that is not as it says") }],
    });
  });

  it("says errors of a tool and of its input to the model, and of the protocol to the client", async () => {
    expect(await call("fails")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("The station is closed.") }],
    });
    expect(await call("forecast", { place: 3 })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("/place") }],
    });
    await expect(call("nothing")).rejects.toMatchObject({ code: -32602 });
  });
});
