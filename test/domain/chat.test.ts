import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Installation, PluginAnswer, Principal } from "@patchbay/core";
import { STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, type Domain, openDomain, TestOrganization } from "./support/domain.ts";
import { providing, running, type TestPlugin } from "./support/plugins.ts";

let domain: Domain;
let organization: TestOrganization;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain.close());
beforeEach(async () => {
  organization = await TestOrganization.create(domain);
});

const ASKS = ["chat.inference", "chat.models"];
/** Of one plugin at once. */
const MAX_QUESTIONS = 64;

/** A provider whose models do what the last message says. `state` tells how its streams went. */
const MODELS = `{
  list: () => [{ name: "x", kind: "chat", title: "X" }, { name: "v", kind: "embeddings" }],
  async *chat({ model, messages, stream }, { signal, api }) {
    const [{ text }] = messages.at(-1).parts;
    yield { type: "start", model };
    if (text === "fail") {
      yield { type: "error", error: { code: "rate_limited", message: "Too much.", retryAfterSeconds: 7 } };
      return;
    }
    if (text === "key") {
      yield { type: "error", error: { code: "key_refused", message: "Incorrect key sk-123." } };
      return;
    }
    if (text === "endless") {
      globalThis.made ??= 0;
      globalThis.ended ??= 0;
      try {
        for (;;) {
          globalThis.made++;
          yield { type: "text", text: "again " };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        globalThis.ended++;
      }
    }
    if (text.startsWith("ask ")) {
      const answer = await api.chat.sendMessage({ model: text.split(" ")[1], messages: [
        { role: "user", parts: [{ type: "text", text: text.split(" ").slice(2).join(" ") }] }] });
      yield { type: "text", text: answer.parts[0].text };
    } else yield { type: "text", text: stream ? "streamed " : "whole " };
    yield { type: "text", text };
    yield { type: "finish", reason: "stop" };
  },
}`;

const provider = (id: string, name = "one", more: { permissions?: readonly string[] } = {}): TestPlugin =>
  providing(id, name, MODELS, {
    manifest: { permissions: { optional: more.permissions ?? ASKS } },
    run: "() => ({ made: globalThis.made ?? 0, ended: globalThis.ended ?? 0 })",
  });

/** A plugin whose tool runs what it is told in `code`, with `api`. */
const asking = (id: string, permissions: readonly unknown[] = ASKS): TestPlugin =>
  running(
    id,
    `(input, context) => new Function("api", "context", "state", "question",
      "return (async () => { " + input.code + " })()")(context.api, context, globalThis.kept ??= {},
      (text, model) => ({ ...(model && { model }), messages: [{ role: "user", parts: [{ type: "text", text }] }] }))
      .catch((error) => ({ code: error.code, name: error.name, message: error.message, reason: error.reason, retryAfterSeconds: error.retryAfterSeconds }))`,
    { manifest: { permissions: { optional: permissions } } },
  );

const install = async (plugin: TestPlugin, projects?: readonly string[]): Promise<Installation> =>
  await organization.install(plugin, {
    grants: (plugin.manifest.permissions?.optional ?? []) as never,
    ...(projects && { scope: { projects } }),
  });

const callOf = async (
  plugin: string,
  input: unknown,
  more: { project?: string; signal?: AbortSignal; who?: Principal } = {},
): Promise<PluginAnswer> => {
  const { who = organization.owner, ...rest } = more;
  const by = { principal: who, organization: organization.slug };
  return await domain.gateway.call(by, { kind: "tools", plugin, name: "run", input, ...rest });
};
const run = async (
  plugin: string,
  code: string,
  more: { project?: string; signal?: AbortSignal } = {},
): Promise<unknown> => {
  const answer = await callOf(plugin, { code }, more);
  return answer.kind === "value" ? answer.value : answer;
};
/** How the streams of a provider's models went. */
const streamsOf = async (plugin: string) =>
  ((await callOf(plugin, {})) as { value: { made: number; ended: number } }).value;

const TEXTS = "const texts = []; for await (const event of stream) texts.push(event.text ?? event.type);";

describe("server code", () => {
  it("asks the model that it names, or else the active one, whole and as it comes", async () => {
    await install(provider("ask.provider"));
    await install(asking("ask.plain"));
    const whole = await run("ask.plain", `return await api.chat.sendMessage(question("Hello", "one/x"))`);
    expect(whole).toEqual({
      model: "one/x",
      parts: [{ type: "text", text: "whole Hello" }],
      finish: "stop",
    });
    const events = await run(
      "ask.plain",
      `const stream = api.chat.streamMessage(question("Hello")); ${TEXTS} return texts`,
    );
    expect(events).toEqual(["start", "streamed ", "Hello", "finish"]);
  });

  it("reads the chat models that there are, and which of them answers", async () => {
    await install(asking("ask.lists"));
    expect(await run("ask.lists", "return await api.chat.getActiveModel()")).toBeNull();
    expect(await run("ask.lists", `return await api.chat.sendMessage(question("Hi"))`)).toMatchObject({
      code: "model_not_found",
    });
    await install(provider("ask.listed"));
    const model = { id: "one/x", plugin: "ask.listed", title: "X" };
    expect(await run("ask.lists", "return await api.chat.listModels()")).toEqual([model]);
    expect(await run("ask.lists", "return await api.chat.getActiveModel()")).toEqual(model);
  });

  it("is told why a model failed and when to come again, and nothing of keys", async () => {
    await install(provider("ask.failing"));
    await install(asking("ask.fails"));
    const failed = {
      code: "model_failed",
      name: "ModelFailedError",
      message: "Too much.",
      reason: "rate_limited",
      retryAfterSeconds: 7,
    };
    expect(await run("ask.fails", `return await api.chat.sendMessage(question("fail"))`)).toEqual(failed);
    expect(
      await run("ask.fails", `const stream = api.chat.streamMessage(question("fail")); ${TEXTS}`),
    ).toEqual(failed);
    const key = await run("ask.fails", `return await api.chat.sendMessage(question("key"))`);
    expect(key).toMatchObject({ reason: "key_refused", message: expect.not.stringContaining("sk-123") });
  });

  it("needs the permission for what it does, from the moment on at which it is withdrawn", async () => {
    await install(provider("ask.granting"));
    await install(asking("ask.models", ["chat.models"]));
    await install(asking("ask.inference", ["chat.inference"]));
    const denied = { name: "PermissionDeniedError" };
    for (const code of [
      `return await api.chat.sendMessage(question("Hi"))`,
      `const stream = api.chat.streamMessage(question("Hi")); ${TEXTS}`,
      `return await api.chat.cancelStream("a")`,
    ]) {
      expect(await run("ask.models", code)).toMatchObject(denied);
      expect(await run("ask.inference", code)).not.toMatchObject(denied);
    }
    for (const method of ["listModels", "getActiveModel"]) {
      expect(await run("ask.inference", `return await api.chat.${method}()`)).toMatchObject(denied);
      expect(await run("ask.models", `return (await api.chat.${method}()) !== null`)).toBe(true);
    }
    const stream = run(
      "ask.inference",
      `const stream = api.chat.streamMessage(question("endless")); ${TEXTS}`,
    );
    await expect.poll(async () => (await streamsOf("ask.granting")).made).toBeGreaterThan(0);
    await domain.configuration.putGrants(organization.owner, organization.slug, "ask.inference", []);
    expect(await stream).toMatchObject(denied);
    await expect.poll(async () => (await streamsOf("ask.granting")).ended).toBe(1);
  });

  it("gets no answer of a question that has no form", async () => {
    await install(asking("ask.form"));
    for (const question of [`{}`, `{ messages: [] }`, `{ messages: [], stream: true }`])
      expect(await run("ask.form", `return await api.chat.sendMessage(${question})`)).toMatchObject({
        code: "invalid_input",
      });
  });
});

describe("a stream", () => {
  const begun = async () => {
    await install(provider("end.provider"));
    await install(asking("end.asks"));
  };
  const ended = async () => {
    await expect.poll(async () => (await streamsOf("end.provider")).ended).toBe(1);
  };

  it.each([
    ["the loop is left", `for await (const event of stream) if (event.type === "text") break; return "left"`],
    [
      "its signal aborts",
      `for await (const event of stream) if (event.type === "text") abort.abort(new Error("enough"))`,
    ],
    [
      "it is cancelled",
      `for await (const event of stream) if (event.type === "text") state.was ??= await api.chat.cancelStream(stream.id)`,
    ],
    ["the call that asked has ended", `await stream[Symbol.asyncIterator]().next(); return "left"`],
  ])("ends the model's work when %s", async (what, code) => {
    await begun();
    const told = await run(
      "end.asks",
      `const abort = new AbortController();
       const stream = api.chat.streamMessage(question("endless"), { signal: abort.signal }); ${code}`,
    );
    await ended();
    if (what === "its signal aborts") expect(told).toMatchObject({ message: "enough" });
    else if (what === "it is cancelled") {
      expect(told).toMatchObject({ code: "cancelled" });
      expect(await run("end.asks", "return [state.was, await api.chat.cancelStream('gone')]")).toEqual([
        true,
        false,
      ]);
    } else expect(told).toBe("left");
  });

  it("ends with the plugin that reads it, and with the call that is given up", async () => {
    await begun();
    const abort = new AbortController();
    const code = `const stream = api.chat.streamMessage(question("endless")); for await (const event of stream) state.read = true`;
    const given = codeOf(callOf("end.asks", { code }, { signal: abort.signal }));
    await expect.poll(async () => (await streamsOf("end.provider")).made).toBeGreaterThan(0);
    abort.abort();
    expect(await given).toBe("cancelled");
    await ended();
    const second = codeOf(callOf("end.asks", { code }));
    await expect.poll(async () => (await streamsOf("end.provider")).made).toBeGreaterThan(1);
    await domain.installer.uninstall(organization.owner, organization.slug, "end.asks", { disable: true });
    await second;
    await expect.poll(async () => (await streamsOf("end.provider")).ended).toBe(2);
  });

  it("is cancelled by its plugin alone", async () => {
    await begun();
    await install(asking("end.other"));
    const reading = run(
      "end.asks",
      `const stream = api.chat.streamMessage(question("endless")); state.id = stream.id; ${TEXTS}`,
    );
    await expect.poll(async () => (await streamsOf("end.provider")).made).toBeGreaterThan(0);
    const id = await run("end.asks", "return state.id");
    expect(await run("end.other", `return await api.chat.cancelStream("${id}")`)).toBe(false);
    expect(await run("end.asks", `return await api.chat.cancelStream("${id}")`)).toBe(true);
    expect(await reading).toMatchObject({ code: "cancelled" });
    await ended();
  });

  it("is made no further than it is read", async () => {
    await begun();
    const code = `const stream = api.chat.streamMessage(question("endless")); const reading = stream[Symbol.asyncIterator]();
      await reading.next(); await new Promise((resolve) => setTimeout(resolve, 700)); await reading.return()`;
    await run("end.asks", code);
    await ended();
    // One window to whoever asks, one from who answers, and what is between them.
    expect((await streamsOf("end.provider")).made).toBeLessThanOrEqual(2 * STREAM_WINDOW_CHUNKS + 4);
  });

  it("ends when its provider is disabled", async () => {
    await begun();
    const reading = run("end.asks", `const stream = api.chat.streamMessage(question("endless")); ${TEXTS}`);
    await expect.poll(async () => (await streamsOf("end.provider")).made).toBeGreaterThan(0);
    await domain.installer.uninstall(organization.owner, organization.slug, "end.provider", {
      disable: true,
    });
    expect(await reading).toMatchObject({ code: expect.stringMatching(/model_failed|plugin_not_installed/) });
  });
});

describe("what server code may ask", () => {
  const ids = async (plugin: string, project?: string) =>
    await run(plugin, "return (await api.chat.listModels()).map(({ id }) => id)", project ? { project } : {});
  const send = (plugin: string, model: string, project?: string) =>
    run(
      plugin,
      `return (await api.chat.sendMessage(question("Hi", "${model}"))).finish`,
      project ? { project } : {},
    );

  it("has the providers of the project that its call is for, and without one those that cover all of its own", async () => {
    await install(provider("scope.web", "web"), ["web"]);
    await install(provider("scope.both", "both"), ["web", "app"]);
    await install(provider("scope.all", "all"));
    await install(asking("scope.everywhere"));
    await install(asking("scope.in"), ["web", "app"]);
    expect(await ids("scope.everywhere")).toEqual(["all/x"]);
    expect(await ids("scope.everywhere", "web")).toEqual(["all/x", "both/x", "web/x"]);
    expect(await ids("scope.in", "app")).toEqual(["all/x", "both/x"]);
    expect(await ids("scope.in", "web")).toEqual(["all/x", "both/x", "web/x"]);
    expect(await send("scope.everywhere", "web/x")).toMatchObject({ code: "model_not_found" });
    expect(await send("scope.everywhere", "web/x", "app")).toMatchObject({ code: "model_not_found" });
    expect(await send("scope.everywhere", "web/x", "web")).toBe("stop");
    expect(await send("scope.in", "both/x", "app")).toBe("stop");
  });

  it("has nothing of plugins that are off, or of another organization", async () => {
    await install(provider("off.provider"));
    await install(asking("off.asks"));
    expect(await send("off.asks", "one/x")).toBe("stop");
    await domain.switching.disable(organization.owner, organization.slug, "off.provider");
    expect(await send("off.asks", "one/x")).toMatchObject({
      code: expect.stringMatching(/model_not_found|plugin_disabled/),
    });
    const first = organization;
    organization = await TestOrganization.create(domain);
    await install(provider("off.elsewhere", "two"));
    organization = first;
    expect(await ids("off.asks")).toEqual([]);
    expect(await send("off.asks", "two/x")).toMatchObject({ code: "model_not_found" });
  });

  it("never goes round: providers that ask each other are named", async () => {
    await install(provider("loop.one", "one"));
    await install(provider("loop.two", "two"));
    await install(asking("loop.asks"));
    const asked = (text: string) =>
      run("loop.asks", `return await api.chat.sendMessage(question("${text}", "one/x"))`);
    expect(await asked("ask two/x Hi")).toMatchObject({ parts: [{ text: "whole Hiask two/x Hi" }] });
    expect(await asked("ask one/x Hi")).toMatchObject({
      code: "model_failed",
      message: expect.stringContaining("loop.one:one → loop.one:one"),
    });
    expect(await asked("ask two/x ask one/x Hi")).toMatchObject({
      code: "model_failed",
      message: expect.stringContaining("loop.one:one → loop.two:two → loop.one:one"),
    });
  });
});

describe("a plugin that means harm, or knows no better", () => {
  /** A provider that asks itself from where no call is known. */
  const HIDING = `{
    list: () => [{ name: "x", kind: "chat" }],
    chat: (request) => new Promise((resolve, reject) => {
      globalThis.made = (globalThis.made ?? 0) + 1;
      globalThis.asked.push({ request, resolve, reject });
    }),
  }`;

  it("asks itself no more often than it has places, where it hides the way of its calls", async () => {
    const plugin = providing("harm.hides", "one", HIDING, {
      manifest: { permissions: { optional: ASKS }, limits: { callSeconds: 2 } },
      run: "() => ({ made: globalThis.made ?? 0 })",
      activate: `(api) => {
        globalThis.asked = [];
        setInterval(() => {
          for (const { request, resolve, reject } of globalThis.asked.splice(0))
            api.chat.sendMessage({ messages: request.messages, model: "one/x" }).then(resolve, reject);
        }, 1);
      }`,
    });
    await install(plugin);
    await install(asking("harm.asks"));
    const told = run("harm.asks", `return await api.chat.sendMessage(question("Hi", "one/x"))`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // The first is another plugin's.
    expect((await streamsOf("harm.hides")).made).toBeLessThanOrEqual(MAX_QUESTIONS + 1);
    expect(await told).toMatchObject({ code: "model_failed", reason: "timeout" });
  });

  it("has its questions answered in turn beyond its places, and cancels those that wait", async () => {
    await install(provider("harm.provider"));
    await install(asking("harm.many"));
    const told = await run(
      "harm.many",
      `const open = () => { const stream = api.chat.streamMessage(question("endless")); return { stream, first: stream[Symbol.asyncIterator]().next().catch((error) => error) }; };
       const held = Array.from({ length: ${MAX_QUESTIONS} }, open);
       await Promise.all(held.map(({ first }) => first));
       const [waits, next] = [open(), open()];
       const was = await api.chat.cancelStream(waits.stream.id);
       const refused = (await waits.first).code;
       await api.chat.cancelStream(held[0].stream.id);
       return [was, refused, (await next.first).value.type]`,
    );
    expect(told).toEqual([true, "cancelled", "start"]);
  });

  it("is told of a model that says nothing as soon as it asks no more", async () => {
    const silent = `{ list: () => [{ name: "x", kind: "chat" }], async *chat() { await new Promise(() => undefined); } }`;
    await install(providing("harm.silent", "one", silent, { run: "() => 1" }));
    await install(asking("harm.waits"));
    const begun = performance.now();
    const told = await run(
      "harm.waits",
      `const stream = api.chat.streamMessage(question("Hi", "one/x"));
       const ends = new AbortController();
       const sent = api.chat.sendMessage(question("Hi", "one/x"), { signal: ends.signal }).catch((error) => error.message);
       const read = stream[Symbol.asyncIterator]().next().catch((error) => error.code);
       await new Promise((resolve) => setTimeout(resolve, 100));
       ends.abort(new Error("enough"));
       await api.chat.cancelStream(stream.id);
       return [await sent, await read]`,
    );
    expect(told).toEqual(["enough", "cancelled"]);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe("models whose server Patchbay asks", () => {
  let server: Server;
  let hasGone = 0;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = await json(request);
      const { stream, messages } = body as { stream?: boolean; messages: { content: string }[] };
      if (messages[0]?.content === "key") {
        response.writeHead(401, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: { message: "Incorrect API key provided: sk-123." } }));
        return;
      }
      const choice = { index: 0, finish_reason: "stop" };
      const answered = { id: "1", object: "chat.completion", created: 1, model: "m" };
      if (stream !== true) {
        const message = { role: "assistant", content: request.headers["x-key"] };
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ ...answered, choices: [{ ...choice, message }] }));
        return;
      }
      response.on("close", () => hasGone++);
      response.writeHead(200, { "content-type": "text/event-stream" });
      const delta = { choices: [{ index: 0, delta: { content: "more" }, finish_reason: null }] };
      response.write(`data: ${JSON.stringify({ ...answered, ...delta })}\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(async () => {
    hasGone = 0;
    const { port } = server.address() as AddressInfo;
    const upstream = `{ list: () => [{ name: "m", kind: "chat" }],
      upstream: () => ({ format: "openai-chat", baseUrl: "http://127.0.0.1:${port}", headers: { "x-key": "of the provider" } }) }`;
    const net = { name: "net.fetch", hosts: ["127.0.0.1"] };
    const plugin = providing("up.provider", "up", upstream, {
      run: "() => 1",
      upstream: "direct",
      manifest: { permissions: { optional: [net] } },
    });
    await install(plugin);
    await install(asking("up.asks"));
  });

  it("answer under the provider's grants, and say nothing of its key", async () => {
    expect(await run("up.asks", `return await api.chat.sendMessage(question("Hi"))`)).toMatchObject({
      model: "up/m",
      parts: [{ text: "of the provider" }],
    });
    const told = await run("up.asks", `return await api.chat.sendMessage(question("key"))`);
    expect(told).toMatchObject({ code: "model_failed", reason: "key_refused" });
    expect(JSON.stringify(told)).not.toContain("sk-123");
  });

  it.each([
    [
      "the loop is left",
      async () => undefined,
      `for await (const event of stream) if (event.text) break; return "left"`,
    ],
    [
      "the provider is disabled",
      async () => await domain.switching.disable(organization.owner, organization.slug, "up.provider"),
      "for await (const event of stream) state.read = true",
    ],
    [
      "the provider applies to other projects",
      async () =>
        await domain.configuration.putScope(organization.owner, organization.slug, "up.provider", {
          projects: ["web"],
        }),
      "for await (const event of stream) state.read = true",
    ],
  ])("are asked no longer once %s", async (_what, end, code) => {
    const reading = run("up.asks", `const stream = api.chat.streamMessage(question("Hi")); ${code}`);
    if (!code.includes("break")) await expect.poll(() => run("up.asks", "return state.read")).toBe(true);
    await end();
    await expect.poll(() => hasGone).toBe(1);
    expect(await reading).toEqual(
      code.includes("break")
        ? "left"
        : expect.objectContaining({ code: expect.stringMatching(/^p(lugin|roject)_/) }),
    );
  });
});

describe("a view", () => {
  const VIEWS = ["ui.page", { name: "chat.inference", views: "use" }, "chat.models"];
  const withView = async (id: string, permissions: readonly unknown[]) => {
    const plugin = running(id, "() => null", { manifest: { permissions: { optional: permissions } } });
    await organization.bring(plugin, { uiDigest: "0".repeat(64) });
    const { owner, slug } = organization;
    await domain.installer.install(owner, slug, { plugin: id, grants: permissions as never });
    await domain.switching.enable(owner, slug, id);
  };
  const ask = async (who: Principal, plugin: string, method: string, args: unknown, signal?: AbortSignal) =>
    await domain.viewCalls.handle(who, organization.slug, plugin, {
      method,
      args,
      attachment: new Uint8Array(),
      signal: signal ?? new AbortController().signal,
    });
  const question = (text: string, model?: string) => ({
    request: { ...(model && { model }), messages: [{ role: "user", parts: [{ type: "text", text }] }] },
  });

  it("asks for the person who looks at it, what they may use", async () => {
    await install(provider("view.web", "web"), ["web"]);
    await install(provider("view.all", "all"));
    await withView("view.asks", VIEWS);
    const member = await organization.join("member", { web: "member" });
    const outsider = await organization.join("member");
    const listed = async (who: Principal) => {
      const answer = (await ask(who, "view.asks", "chat.listModels", {})) as { value: { id: string }[] };
      return answer.value.map(({ id }) => id);
    };
    expect(await listed(member)).toEqual(["all/x", "web/x"]);
    expect(await listed(outsider)).toEqual(["all/x"]);
    expect(await ask(outsider, "view.asks", "chat.sendMessage", question("Hi"))).toMatchObject({
      value: { model: "all/x" },
    });
    expect(await codeOf(ask(outsider, "view.asks", "chat.sendMessage", question("Hi", "web/x")))).toBe(
      "model_not_found",
    );
    const viewer = await organization.join("viewer");
    expect(await codeOf(ask(viewer, "view.asks", "chat.sendMessage", question("Hi")))).toBe("forbidden");
  });

  it("streams, ends with who looks, and cancels what it began for that person alone", async () => {
    await install(provider("view.provider"));
    await withView("view.streams", VIEWS);
    const member = await organization.join("member");
    const other = await organization.join("member");
    const open = async (id: string, signal?: AbortSignal) => {
      const answer = await ask(
        member,
        "view.streams",
        "chat.streamMessage",
        { id, ...question("endless") },
        signal,
      );
      if (answer.kind !== "stream") throw new Error("It is a stream.");
      return answer.values[Symbol.asyncIterator]();
    };
    const first = await open("a");
    expect((await first.next()).value).toMatchObject({ type: "start", model: "one/x" });
    expect(await codeOf(open("a"))).toBe("invalid_input");
    expect(await ask(other, "view.streams", "chat.cancelStream", { id: "a" })).toMatchObject({
      value: false,
    });
    expect(await ask(member, "view.streams", "chat.cancelStream", { id: "a" })).toMatchObject({
      value: true,
    });
    const drained = async () => {
      while ((await first.next()).done !== true);
    };
    expect(await codeOf(drained())).toBe("cancelled");
    await expect.poll(async () => (await streamsOf("view.provider")).ended).toBe(1);
    const closing = new AbortController();
    const second = await open("b", closing.signal);
    await second.next();
    closing.abort();
    await expect.poll(async () => (await streamsOf("view.provider")).ended).toBe(2);
    // What was never begun to be read ends as well, and its name is free again.
    const unread = new AbortController();
    await open("c", unread.signal);
    unread.abort();
    await (await open("c")).return?.();
  });

  it("may not, unless that was granted for views", async () => {
    await install(provider("none.provider"));
    await withView("none.asks", ["ui.page", "chat.inference", "chat.models"]);
    const { owner } = organization;
    expect(await codeOf(ask(owner, "none.asks", "chat.sendMessage", question("Hi")))).toBe(
      "permission_denied",
    );
    expect(await codeOf(ask(owner, "none.asks", "chat.listModels", {}))).toBeNull();
  });
});
