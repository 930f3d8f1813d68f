import { randomBytes } from "node:crypto";
import { mkdir, symlink } from "node:fs/promises";
import { startPostgresServer } from "@patchbay/storage-postgres/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { connected, connectedAsBefore, MODES, WEATHER, weatherPlugin } from "./support/mcp-plugin.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const OTHER = "acme.other";
const HIDDEN = "acme.hidden";
const oneTool = (id: string) => ({
  id,
  code: `export default { tools: { forecast: { description: "Says who it is.", run: () => "${id}" } } };`,
  tools: ["forecast"],
});

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgresFolder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: Awaited<ReturnType<typeof startPostgresServer>>;
let parts: TestOrganization;
/** Another node of the same deployment. */
let second: TestServer;
let url: string;
/** Of somebody who belongs to the project `web` alone. */
let memberKey: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  postgresFolder = await temporaryFolder();
  postgres = await startPostgresServer({ dir: postgresFolder.path });
  const environment = {
    PATCHBAY_DATABASE_URL: postgres.url,
    PATCHBAY_SECRET_KEY: randomBytes(32).toString("base64"),
  };
  parts = await startOrganization(environment);
  // As nodes that share a bucket.
  await mkdir(`${folder.path}/second`);
  await symlink(`${parts.server.dataDir}/artifacts`, `${folder.path}/second/artifacts`);
  second = await startServer({ dataDir: `${folder.path}/second`, environment });
  url = parts.server.url;
  for (const source of [weatherPlugin, oneTool(OTHER), oneTool(HIDDEN)]) {
    await parts.install(source);
    await parts.client.plugins.step(source.id, "enable");
  }
  await parts.client.organizations.createProject({ slug: "secret", name: "Secret" });
  await parts.client.plugins.putScope(HIDDEN, { projects: ["secret"] });
  const made = await parts.manager.post("/api/api-keys", {
    organization: "default",
    name: "editor",
    rights: ["org.plugins.read", "org.plugins.use"],
  });
  memberKey = made.body.token;
});
afterAll(async () => {
  await second?.stop();
  await parts?.stop();
  await postgres?.stop();
  await postgresFolder?.remove();
  await folder?.remove();
});

const namesAt = async (address: string, options: Parameters<typeof connected>[1] = {}): Promise<string[]> => {
  const client = await connected(address, options);
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
};

describe("a toolset", () => {
  it("is made, read, changed by who has seen it, and deleted", async () => {
    const { toolsets } = parts.client;
    const tools = [{ plugin: WEATHER, tool: "forecast" }];
    const made = await toolsets.create({ name: "trial", title: "Trial", tools });
    expect(made).toMatchObject({ name: "trial", mode: "tools", tools, url: `${url}/mcp/trial` });
    expect(await toolsets.get("trial")).toEqual(made);
    const changed = await toolsets.change("trial", { title: null, mode: "search" }, made.revision);
    expect(changed).toMatchObject({ mode: "search", tools });
    expect(changed).not.toHaveProperty("title");
    const refused = await parts.owner.call(
      "PATCH",
      "/api/orgs/default/toolsets/trial",
      { mode: "tools" },
      { "if-match": `"${made.revision}"` },
    );
    expect(refused).toMatchObject({ status: 412, body: { code: "revision_changed" } });
    await toolsets.delete("trial");
    expect((await parts.owner.get("/api/orgs/default/toolsets/trial")).body.code).toBe("toolset_not_found");
    const { body } = await parts.owner.get("/api/orgs/default/audit?limit=3");
    expect(body.items.map((one: { action: string }) => one.action)).toEqual([
      ...["toolset.deleted", "toolset.changed", "toolset.created"],
    ]);
  });

  it("has no tool twice under one name, and none that there is not", async () => {
    const post = (tools: unknown) => parts.owner.post("/api/orgs/default/toolsets", { name: "odd", tools });
    const both = [WEATHER, OTHER].map((plugin) => ({ plugin, tool: "forecast" }));
    expect(await post(both)).toMatchObject({ status: 400, body: { errors: [{ pointer: "/tools/1/name" }] } });
    expect(await post([{ plugin: "acme.none", tool: "x" }])).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/tools/0" }] },
    });
    const many = Array.from({ length: 129 }, (_, count) => ({ ...both[0], name: `n${count}` }));
    expect((await post(many)).status).toBe(400);
    expect((await post([])).status).toBe(201);
    expect((await post([])).body.code).toBe("already_exists");
  });

  it("is for administrators to change, and for members to read without what is hidden from them", async () => {
    const tools = [WEATHER, HIDDEN].map((plugin) => ({ plugin, tool: "forecast", name: plugin.slice(5) }));
    await parts.client.toolsets.create({ name: "mixed", tools });
    const member = new Api(url, memberKey);
    const path = "/api/orgs/default/toolsets/mixed";
    expect((await member.get(path)).body.tools).toEqual([tools[0]]);
    expect((await member.call("PATCH", path, { title: "Mine" })).status).toBe(403);
    expect((await parts.manager.call("PATCH", path, { title: "Mine" })).status).toBe(403);
    expect((await member.delete(path)).status).toBe(403);
    expect((await parts.stranger.get(path)).body.code).toBe("organization_not_found");
  });

  it("shows bare and given names, and of those what the holder of the key may use", async () => {
    expect(await namesAt(`${url}/mcp/mixed`)).toEqual(["weather", "hidden"]);
    expect(await namesAt(`${url}/mcp/mixed`, { key: memberKey })).toEqual(["weather"]);
    const owner = await connected(`${url}/mcp/mixed`, { headers: { "patchbay-project": "secret" } });
    expect(await owner.callTool({ name: "hidden", arguments: {} })).toMatchObject({
      content: [{ text: HIDDEN }],
    });
    await owner.close();
    const member = await connected(`${url}/mcp/mixed`, { key: memberKey });
    await expect(member.callTool({ name: "hidden", arguments: {} })).rejects.toMatchObject({ code: -32602 });
    await expect(member.callTool({ name: "forecast", arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
    await member.close();
    expect(await namesAt(`${url}/mcp?project=web`)).not.toContain("acme_hidden_forecast");
  });

  it("tells its clients what it is for, and is nowhere where there is none", async () => {
    const tools = [{ plugin: WEATHER, tool: "forecast" }];
    await parts.client.toolsets.create({
      name: "told",
      title: "Told",
      description: "Ask for places.",
      tools,
    });
    for (const mode of MODES) {
      const client = await connected(`${url}/mcp/told`, { mode });
      expect(client.getInstructions()).toBe("Ask for places.");
      expect(client.getServerVersion()).toMatchObject({ name: "patchbay-told", title: "Told" });
      await client.close();
    }
    await expect(connected(`${url}/mcp/nowhere`)).rejects.toThrow();
  });
});

describe("search mode", () => {
  it.each(["?mode=search", "/found"])("finds tools by words and calls them: %s", async (place) => {
    if (place === "/found")
      await parts.client.toolsets.create({
        name: "found",
        mode: "search",
        tools: [{ plugin: WEATHER, tool: "forecast" }],
      });
    const client = await connectedAsBefore(`${url}/mcp${place}`);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["search_tools", "call_tool"]);
    const found = await client.callTool({
      name: "search_tools",
      arguments: { query: "weather of a place", limit: 1 },
    });
    const [first] = (found.structuredContent as { tools: { name: string; inputSchema: object }[] }).tools;
    expect(first).toMatchObject({ inputSchema: { required: ["place"] } });
    const call = { name: first?.name, arguments: { place: "Oslo" } };
    expect(await client.callTool({ name: "call_tool", arguments: call })).toMatchObject({
      structuredContent: { degrees: 12.5 },
    });
    await expect(client.callTool({ name: first?.name ?? "", arguments: {} })).rejects.toThrow("no tool");
    await client.close();
  });
});

describe("changes", () => {
  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    "a plugin is disabled": () => parts.client.plugins.step(OTHER, "disable"),
    "a plugin is enabled": () => parts.client.plugins.step(OTHER, "enable"),
    "a plugin's scope changes": () => parts.client.plugins.putScope(OTHER, { projects: ["web"] }),
    "a plugin's scope changes back": () => parts.client.plugins.putScope(OTHER, { projects: "all" }),
  };

  it.each(MODES)("that another node makes are heard of: %j", async (mode) => {
    let told = 0;
    const client = await connected(`${second.url}/mcp`, { mode, onToolsChanged: () => (told += 1) });
    let title = 0;
    const retitled = async () => {
      title += 1;
      await parts.client.toolsets.change("odd", { title: `Odd ${title}` });
      return told;
    };
    // It may take a moment until the client listens.
    await expect.poll(retitled, { timeout: 10_000 }).toBeGreaterThan(0);
    for (const [what, step] of Object.entries(steps)) {
      await expect.poll(() => told, { message: what }).toBeGreaterThan(0);
      told = 0;
      await step();
      await expect.poll(() => told, { message: what, timeout: 10_000 }).toBeGreaterThan(0);
    }
    await client.close();
  });
});

it("a client of the old era gives a call up at another node than the one that runs it", async () => {
  const send = async (address: string, body: object, session?: string) =>
    await fetch(`${address}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${BOOTSTRAP_KEY}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(session !== undefined && { "mcp-session-id": session }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", ...body }),
    });
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const first = await send(url, { id: 0, method: "initialize", params });
  await first.text();
  const session = first.headers.get("mcp-session-id") ?? "";
  const call = await send(
    url,
    { id: 7, method: "tools/call", params: { name: "acme_weather_waits", arguments: {} } },
    session,
  );
  const lines = async (): Promise<string> =>
    JSON.stringify((await parts.owner.get(`/api/orgs/default/plugins/${WEATHER}/logs?limit=1000`)).body);
  await expect.poll(lines, { timeout: 10_000 }).toContain("It has begun.");
  const cancelled = { method: "notifications/cancelled", params: { requestId: 7 } };
  // Another session's request of the same number is another one.
  expect((await send(second.url, cancelled, "another")).status).toBe(202);
  expect((await send(second.url, cancelled, session)).status).toBe(202);
  await expect.poll(lines, { timeout: 10_000 }).toContain("The caller has gone.");
  await call.text();
});
