import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectedAsBefore } from "./support/mcp-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY } from "./support/server.ts";

const ID = "acme.orders";
const CODE = `
const form = (message, properties) => ({ message, schema: { type: "object", properties, required: Object.keys(properties) } });
let runs = 0;
export default { tools: {
  order: { description: "Orders something.", run: async ({ what }, { elicit }) => {
    runs += 1;
    const { count } = await elicit({ count: form("How many?", { number: { type: "integer", minimum: 1 } }) });
    if (count.action !== "accept") return "Nothing is ordered.";
    const { sure } = await elicit({ sure: form("Sure?", { yes: { type: "boolean" } }) });
    return { what, number: count.content.number, sure: sure.content.yes, runs };
  } },
  stubborn: { description: "Goes on although it asks.", run: async (_, { elicit }) => {
    try { await elicit({ count: form("How many?", { number: { type: "integer" } }) }); } catch {}
    return "It went on.";
  } },
} };`;

let parts: TestOrganization;
let url: string;

beforeAll(async () => {
  parts = await startOrganization();
  await parts.install({ id: ID, code: CODE, tools: ["order", "stubborn"] });
  await parts.client.plugins.step(ID, "enable");
  url = `${parts.server.url}/mcp`;
});
afterAll(async () => await parts?.stop());

type Answer = { action: "accept" | "decline"; content?: Record<string, string | number | boolean> };

/** The official client, whose user answers so, one question after the other. */
const answering = async (...answers: readonly Answer[]) => {
  const client = new Client(
    { name: "tests", version: "1.0.0" },
    { versionNegotiation: { mode: "auto" }, capabilities: { elicitation: {} } },
  );
  const asked: string[] = [];
  client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked.push(params.message);
    return answers[asked.length - 1] ?? { action: "decline" };
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${BOOTSTRAP_KEY}` } },
    }),
  );
  return { client, asked };
};
const order = { name: "acme_orders_order", arguments: { what: "tea" } };

it("a tool asks the person in front of the official client, time after time", async () => {
  const { client, asked } = await answering(
    { action: "accept", content: { number: 3 } },
    { action: "accept", content: { yes: true } },
  );
  const called = await client.callTool(order);
  expect(asked).toEqual(["How many?", "Sure?"]);
  expect(called.structuredContent).toMatchObject({ what: "tea", number: 3, sure: true });
  await client.close();
});

it("hears that they have declined, and refuses what does not fit the form", async () => {
  const declined = await answering({ action: "decline" });
  expect((await declined.client.callTool(order)).content).toEqual([
    { type: "text", text: "Nothing is ordered." },
  ]);
  await declined.client.close();
  const wrong = await answering({ action: "accept", content: { number: 0 } });
  expect(await wrong.client.callTool(order)).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('The answer to "count" does not fit') }],
  });
  await wrong.client.close();
});

it("asks although the tool would go on without an answer", async () => {
  const { client, asked } = await answering({ action: "accept", content: { number: 3 } });
  expect((await client.callTool({ name: "acme_orders_stubborn", arguments: {} })).content).toEqual([
    { type: "text", text: "It went on." },
  ]);
  expect(asked).toEqual(["How many?"]);
  await client.close();
});

it("refuses where nobody is there to ask: over REST, and in the older revisions", async () => {
  const rest = await parts.owner.post(`/api/orgs/default/tools/${ID}/order`, { input: { what: "tea" } });
  expect(rest).toMatchObject({ status: 422, body: { code: "nobody_to_ask" } });
  const old = await connectedAsBefore(url);
  expect(await old.callTool(order)).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining("nobody is there to answer") }],
  });
  await old.close();
});
