import { describe, expect, it } from "vitest";
import { BridgeFixture } from "./support/mcp-bridge.ts";
import { McpSessions } from "./support/mcp-sessions.ts";
import { type McpUpstream, textTool } from "./support/mcp-upstream.ts";

const bridge = new BridgeFixture();

describe("an MCP server that fails", () => {
  it("goes on with a call while others of it fail or are given up", async () => {
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const quiet = textTool("quiet", "Says it later.");
    bridge.upstream.tools.push(
      {
        ...quiet,
        run: async (...asked) => {
          begun.resolve();
          await released.promise;
          return await quiet.run(...asked);
        },
      },
      {
        ...textTool("broken", "Breaks."),
        run: () => {
          throw new Error("The server is broken.");
        },
      },
    );
    await bridge.add();
    await bridge.approve();
    const later = bridge.call("quiet", { text: "now" });
    await begun.promise;
    await expect(bridge.call("broken", { text: "x" })).rejects.toMatchObject({ code: "plugin_error" });
    expect(await bridge.call("say", { text: "hi" })).toEqual([{ type: "text", text: "say: hi" }]);
    released.resolve();
    expect(await later).toEqual([{ type: "text", text: "quiet: now" }]);
  });

  it("is left as soon as the caller of a slow tool has left, and is asked again by others", async () => {
    const begun = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    bridge.upstream.tools.push({
      ...textTool("slow", "Never answers."),
      run: async (_, { signal }) => {
        begun.resolve();
        signal.addEventListener("abort", () => left.resolve());
        return await new Promise(() => undefined);
      },
    });
    await bridge.add();
    await bridge.approve();
    const caller = new AbortController();
    const slow = bridge.parts.client.tools
      .call(bridge.plugin, "slow", { input: { text: "x" } }, caller.signal)
      .catch(() => "left");
    await begun.promise;
    caller.abort();
    expect(await slow).toBe("left");
    await left.promise;
    expect(await bridge.call("say", { text: "hi" })).toEqual([{ type: "text", text: "say: hi" }]);
  });

  it("of the older era keeps its session while it refuses calls, and is told to end it when the plugin is disabled", async () => {
    const sessions = new McpSessions();
    bridge.upstream.instead = sessions.answer;
    await bridge.add({ key: "first" });
    await bridge.approve();
    const refuse = async () => await bridge.call("refuse", {}).catch(({ message }) => message);
    for (let round = 0; round < 3; round += 1) expect(await refuse()).toMatch(/Not today/);
    const before = sessions.begun.at(-1);
    expect(sessions.ended).not.toContain(before);
    await bridge.parts.owner.post(`/api/orgs/default/plugins/${bridge.plugin}/disable`);
    await expect.poll(() => sessions.ended).toContain(before);
  });

  it("tells nobody its key in what went wrong, though the server quotes it", async () => {
    bridge.upstream.instead = ({ headers }, response) =>
      void response.writeHead(400, { "content-type": "text/plain" }).end(`Wrong: ${headers.authorization}.`);
    const made = await bridge.add({ key: "sk-upstream" });
    expect(made.body.outage.message).toMatch(/answers with 400: .*Wrong: Bearer/);
    expect(JSON.stringify(made.body)).not.toContain("sk-upstream");
  });

  it("hides its own tools alone while it does not answer, says why, and comes back by itself", async () => {
    await bridge.add();
    await bridge.approve();
    const others = (await bridge.parts.client.tools.list()).filter(
      (one) => one.plugin !== bridge.plugin,
    ).length;
    await bridge.upstream.stop();
    await expect(bridge.call("say", { text: "x" })).rejects.toMatchObject({
      code: "plugin_error",
      message: expect.stringMatching(/^The server at 127\.0\.0\.1:\d+ does not answer as it should/),
    });
    const { outage } = await bridge.look();
    expect(outage).toMatchObject({
      message: expect.stringContaining("does not answer"),
      since: expect.any(String),
    });
    expect(await bridge.listed()).toEqual([]);
    expect((await bridge.parts.client.tools.list()).length).toBe(others);
    await bridge.upstream.start();
    // By the chore that looks again, within half a minute and its own turn.
    await expect
      .poll(async () => await bridge.listed(), { timeout: 90_000, interval: 500 })
      .toEqual(["math_add", "say"]);
    expect(await bridge.view()).not.toHaveProperty("outage");
    expect(await bridge.call("say", { text: "back" })).toEqual([{ type: "text", text: "say: back" }]);
  }, 120_000);
});

type Instead = NonNullable<McpUpstream["instead"]>;

/** Writes until nobody reads any more. */
const flood: Instead = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"jsonrpc":"2.0","id":0,"result":{"tools":["');
  const piece = "x".repeat(1024 * 1024);
  const write = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", write);
  write();
};

describe("a server that lies", () => {
  it.each<[string, Instead]>([
    ["sends no JSON", (_, response) => void response.end("<html>hello</html>")],
    [
      "sends another thing",
      (_, response) => void response.setHeader("content-type", "application/json").end("[7]"),
    ],
    ["fails", (_, response) => void response.writeHead(500).end("no")],
    [
      "redirects to another host",
      (_, response) => void response.writeHead(307, { location: "http://192.0.2.1/mcp" }).end(),
    ],
    ["answers without an end", flood],
  ])("and %s is a plugin without tools that says so", async (_, instead) => {
    bridge.upstream.instead = instead;
    const made = await bridge.add();
    expect(made).toMatchObject({ status: 201, body: { tools: 0, outage: { message: expect.any(String) } } });
    expect(made.body).not.toHaveProperty("waiting");
  });

  it("has of its tools what can be a tool, in words that can be read", async () => {
    const odd = (name: string, more: object = {}) => textTool(name, "Fine.", more);
    bridge.upstream.tools = [
      odd("a b"),
      odd("a_b"),
      odd("1st"),
      odd("x".repeat(120)),
      odd("turned", { description: "Good\u202e evil\u0007 words" }),
      odd("silent", { description: "" }),
      odd("schema", {
        inputSchema: {
          type: "object",
          properties: { a: { type: "string", "x-odd": 1, pattern: "(" }, b: { type: "oddity" } },
        },
      }),
    ];
    await bridge.add();
    await bridge.approve();
    const tools = await bridge.tools();
    expect(tools.map(({ tool }) => tool)).toEqual([
      "t_1st",
      "a_b",
      expect.stringMatching(/^a_b_[0-9a-f]{8}$/),
      "schema",
      "silent",
      "turned",
      expect.stringMatching(/^x{55}_[0-9a-f]{8}$/),
    ]);
    expect(tools.find(({ tool }) => tool === "turned")?.description).toBe("Good evil words");
    expect(tools.find(({ tool }) => tool === "silent")?.description).toBe("The server says nothing of it.");
    expect(JSON.stringify(tools.find(({ tool }) => tool === "schema")?.input)).not.toContain("oddity");
    expect(await bridge.call("t_1st", { text: "x" })).toEqual([{ type: "text", text: "1st: x" }]);
  });

  it("has no more tools than a server may have", async () => {
    bridge.upstream.tools = Array.from({ length: 300 }, (_, index) =>
      textTool(`tool${String(index).padStart(3, "0")}`, "One."),
    );
    await bridge.add();
    await bridge.approve();
    expect((await bridge.listed()).length).toBe(200);
  });
});
