import { inputRequired } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { BridgeFixture, SERVERS } from "./support/mcp-bridge.ts";
import { connected } from "./support/mcp-plugin.ts";
import { addTool, textTool } from "./support/mcp-upstream.ts";
import { makePackage } from "./support/packages.ts";

const bridge = new BridgeFixture();

describe("an MCP server as a plugin", () => {
  it("has its tools once somebody has approved them, under the names that they may have here", async () => {
    const made = await bridge.add({ title: "Sums" });
    expect(made).toMatchObject({
      status: 201,
      body: {
        plugin: bridge.plugin,
        title: "Sums",
        url: bridge.upstream.url,
        state: "enabled",
        tools: 0,
        waiting: "1.1.0",
      },
    });
    expect(made.headers.get("location")).toBe(`${SERVERS}/${bridge.plugin}`);
    expect(await bridge.listed()).toEqual([]);
    await bridge.approve();
    expect(
      (await bridge.parts.owner.get(SERVERS)).body.items.find(
        (one: { plugin: string }) => one.plugin === bridge.plugin,
      ),
    ).toMatchObject({
      tools: 2,
      version: "1.1.0",
    });
    expect(await bridge.listed()).toEqual(["math_add", "say"]);
    const [sum] = await bridge.tools();
    expect(sum).toMatchObject({
      title: "Add",
      description: "Adds two numbers.",
      input: addTool.tool.inputSchema,
    });
  });

  it("shows clients nothing of what nobody has approved, as a resource either", async () => {
    await bridge.add();
    const client = await connected(`${bridge.parts.server.url}/mcp`);
    const { resources } = await client.listResources();
    expect(resources.filter(({ uri }) => uri.startsWith(`patchbay://${bridge.plugin}/`))).toEqual([]);
    const read = client.readResource({ uri: `patchbay://${bridge.plugin}/mcp-bridge://definitions` });
    await expect(read).rejects.toThrow(/There is nothing for you/);
    await client.close();
  });

  it("answers with values, content and what went wrong, and refuses inputs before the server sees them", async () => {
    bridge.upstream.tools.push(
      {
        tool: { name: "draw", description: "Draws.", inputSchema: { type: "object" } },
        run: () => ({
          content: [
            { type: "image", data: "AQL/", mimeType: "image/png" },
            { type: "resource", resource: { uri: "docs://a", text: "A", mimeType: "text/plain" } },
          ],
        }),
      },
      {
        tool: { name: "fail", description: "Fails.", inputSchema: { type: "object" } },
        run: () => ({ isError: true, content: [{ type: "text", text: "No such place." }] }),
      },
    );
    await bridge.add();
    await bridge.approve();
    expect(await bridge.call("math_add", { a: 2, b: 3 })).toEqual({ sum: 5 });
    expect(await bridge.call("say", { text: "hello" })).toEqual([{ type: "text", text: "say: hello" }]);
    expect(await bridge.call("draw", {})).toEqual([
      { type: "image", mediaType: "image/png", data: "AQL/" },
      { type: "resource", resource: { uri: "docs://a", mediaType: "text/plain", text: "A" } },
    ]);
    await expect(bridge.call("fail", {})).rejects.toMatchObject({
      code: "plugin_error",
      message: "No such place.",
    });
    await expect(bridge.call("math_add", { a: "2", b: 3 })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("asks the person in front of the client, and nobody where there is none", async () => {
    bridge.upstream.tools.push({
      ...textTool("order", "Orders something."),
      run: ({ text }, { inputResponses }) => {
        const answer = inputResponses?.count as
          | { action?: string; content?: { number?: number } }
          | undefined;
        if (answer?.action === "accept")
          return { content: [{ type: "text", text: `${answer.content?.number} of ${text}` }] };
        const requestedSchema = { type: "object", properties: { number: { type: "integer" } } } as const;
        return inputRequired({
          inputRequests: { count: inputRequired.elicit({ message: "How many?", requestedSchema }) },
        });
      },
    });
    await bridge.add();
    await bridge.approve();
    const client = await connected(`${bridge.parts.server.url}/mcp`, {
      elicit: () => ({ action: "accept", content: { number: 3 } }),
    });
    const order = { name: `${bridge.plugin}_order`.replaceAll(".", "_"), arguments: { text: "tea" } };
    expect((await client.callTool(order)).content).toEqual([{ type: "text", text: "3 of tea" }]);
    await client.close();
    // The server hears that nobody can be asked, and says what it makes of that.
    await expect(bridge.call("order", { text: "tea" })).rejects.toMatchObject({
      code: "plugin_error",
      message: expect.stringMatching(/elicitation/i),
    });
  });

  it("is called again where it asks for nothing else, and not without an end", async () => {
    let calls = 0;
    bridge.upstream.tools.push(
      {
        ...textTool("twice", "Wants to be called again."),
        run: ({ text }) => {
          calls += 1;
          if (calls === 1) return inputRequired({ requestState: "once" });
          return { content: [{ type: "text", text: `${text}, the second time` }] };
        },
      },
      { ...textTool("always", "Wants it always."), run: () => inputRequired({ requestState: "more" }) },
    );
    await bridge.add();
    await bridge.approve();
    expect(await bridge.call("twice", { text: "hi" })).toEqual([
      { type: "text", text: "hi, the second time" },
    ]);
    await expect(bridge.call("always", { text: "hi" })).rejects.toMatchObject({
      code: "plugin_error",
      message: expect.stringContaining("asks more than 8 times"),
    });
  });

  it("is asked with the organization's key, which the plugin's code never sees", async () => {
    bridge.upstream.key = "sk-upstream";
    const made = await bridge.add();
    expect(made.body.outage.message).toMatch(/refuses the key, or wants one/);
    expect(made.body.waiting).toBeUndefined();
    await bridge.parts.client.plugins.putSettings(bridge.plugin, { key: "sk-upstream" });
    expect(await bridge.look()).toMatchObject({ waiting: "1.1.0" });
    await bridge.approve();
    expect(await bridge.call("say", { text: "hi" })).toEqual([{ type: "text", text: "say: hi" }]);
    expect(bridge.upstream.keys.at(-1)).toBe("Bearer sk-upstream");
    expect(
      JSON.stringify(
        (await bridge.parts.owner.get(`/api/orgs/default/plugins/${bridge.plugin}/settings`)).body,
      ),
    ).not.toContain("sk-upstream");
  });

  it("is shown without the key that its address has in it", async () => {
    bridge.upstream.tools = [textTool("say", "Says something.")];
    const made = await bridge.add({ url: `${bridge.upstream.url}?apiKey=swordfish&region=eu` });
    expect(made.body).toMatchObject({ url: `${bridge.upstream.url}?apiKey=•••&region=eu`, waiting: "1.1.0" });
    const all = [SERVERS, `/api/orgs/default/plugins/${bridge.plugin}`, "/api/orgs/default/notifications"];
    for (const path of all)
      expect(JSON.stringify((await bridge.parts.owner.get(path)).body)).not.toContain("swordfish");
    await bridge.approve();
    expect(await bridge.call("say", { text: "there" })).toEqual([{ type: "text", text: "say: there" }]);
  });

  it("is uninstalled like any plugin, and can come again under its name", async () => {
    await bridge.add();
    await bridge.approve();
    await bridge.parts.client.plugins.uninstall(bridge.plugin, { disable: true });
    expect((await bridge.parts.owner.get(`${SERVERS}/${bridge.plugin}`)).status).toBe(404);
    bridge.upstream.tools = [textTool("other", "Another.")];
    const again = await bridge.add();
    expect(again.status).toBe(201);
    await bridge.approve();
    expect(await bridge.listed()).toEqual(["other"]);
  });
});

describe("who may", () => {
  it("add servers: those who may install plugins, by policy", async () => {
    const body = { name: bridge.name, url: bridge.upstream.url };
    expect((await bridge.parts.manager.post(SERVERS, body)).status).toBe(403);
    expect((await bridge.parts.manager.post(SERVERS, { ...body, scope: { projects: ["web"] } })).status).toBe(
      201,
    );
    expect((await bridge.parts.stranger.post(SERVERS, { ...body, name: "x" })).body.code).toMatch(
      /forbidden|organization_not_found/,
    );
    await bridge.parts.owner.put("/api/orgs/default/policy", { sources: ["marketplace"] });
    try {
      expect((await bridge.add({ name: "blocked" })).body.code).toBe("policy_blocked");
    } finally {
      await bridge.parts.owner.put("/api/orgs/default/policy", {});
    }
  });

  it.each([
    [{ url: "not an address" }, 400],
    [{ url: "file:///etc/passwd" }, 400],
    [{ url: "https://*.example.com/mcp" }, 400],
    [{ url: "https://{key}/mcp" }, 400],
    [{ url: "https://name:word@example.com/mcp" }, 400],
    [{ name: "Upper" }, 400],
    [{ name: "" }, 400],
    [{ header: { name: "a b" } }, 400],
    [{ header: { name: "x-key", prefix: "a\n" } }, 400],
    [{ more: 1 }, 400],
  ])("add nothing that is %j", async (more, status) => {
    expect((await bridge.add(more)).status).toBe(status);
  });

  it("adds no name twice, and nothing on an address that plugins may not reach", async () => {
    expect((await bridge.add()).status).toBe(201);
    expect((await bridge.add()).body.code).toBe("already_installed");
    const private_ = await bridge.parts.owner.post(SERVERS, { name: "private", url: "http://10.1.2.3/mcp" });
    expect(private_.body.outage.message).toMatch(/10\.1\.2\.3/);
  });
});

describe("the name of a server's plugin", () => {
  it("is no package's that somebody brings: it would pass for what the server has", async () => {
    await bridge.add();
    const zip = await makePackage({ id: bridge.plugin, version: "9.0.0", code: "export default {}" });
    const brought = await bridge.parts.owner.upload("/api/orgs/default/uploads", zip);
    expect(brought.body.code).toBe("plugin_id_reserved");
    expect((await bridge.view()).waiting).toBe("1.1.0");
  });

  it("comes again with its address alone, and is in no bundle", async () => {
    await bridge.add();
    await bridge.approve();
    const bundle = await new Response(await bridge.parts.client.bundles.create()).text();
    expect(bundle).toContain('"bundleVersion"');
    expect(bundle).not.toContain(bridge.plugin);
    await bridge.parts.client.plugins.uninstall(bridge.plugin, { disable: true });
    const { hostname } = new URL(bridge.upstream.url);
    const grants = [{ name: "net.fetch", hosts: [hostname], methods: ["GET", "POST", "DELETE"] }];
    const installed = await bridge.parts.owner.post("/api/orgs/default/plugins", {
      plugin: bridge.plugin,
      grants,
    });
    expect(installed.body).toMatchObject({ code: "not_available" });
    expect((await bridge.parts.owner.get(`/api/orgs/default/plugins/${bridge.plugin}`)).status).toBe(404);
    expect((await bridge.add()).body).toMatchObject({ version: "1.2.0", waiting: "1.3.0" });
  });
});
