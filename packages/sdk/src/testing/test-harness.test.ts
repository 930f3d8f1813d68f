import { expect, test } from "vitest";
import { definePlugin, tool } from "../definitions.ts";
import { InvalidInputError, NotAvailableError, PermissionDeniedError } from "../errors.ts";
import { createTestHarness } from "./test-harness.ts";

const plugin = definePlugin({
  tools: {
    greet: tool({
      description: "Greets.",
      input: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
      run: ({ name }, { settings, project }) => ({
        text: `${settings.greeting} ${name}`,
        project,
        left: undefined,
      }),
    }),
    count: tool({
      description: "Counts its calls.",
      async run(_input, { api, log }) {
        const count = ((await api.storage.get<number>("count")) ?? 0) + 1;
        await api.storage.set("count", count);
        log.info("counted", { count });
        return count;
      },
    }),
    stream: tool({
      description: "Streams.",
      async *run() {
        yield 1;
        yield 2;
      },
    }),
    read: tool({ description: "Fetches.", run: async () => (await fetch("https://example.test/")).text() }),
    wrong: tool({ description: "Answers wrongly.", output: { type: "number" }, run: () => "text" }),
  },
  async onActivate(api) {
    await api.storage.set("count", 40);
  },
});

test("calls a tool with settings and project, and answers what JSON leaves", async () => {
  const harness = createTestHarness(plugin, { settings: { greeting: "Hello" }, project: "apollo" });
  expect(await harness.call("greet", { name: "Ada" })).toEqual({ text: "Hello Ada", project: "apollo" });
  expect(await harness.call("stream")).toEqual([1, 2]);
});

test("refuses an input that does not fit, with where", async () => {
  const harness = createTestHarness(plugin);
  const refused = harness.call("greet", { name: 1 });
  await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
  await expect(refused).rejects.toMatchObject({ errors: [{ pointer: "/name" }] });
  await expect(harness.call("none")).rejects.toMatchObject({ code: "tool_not_found" });
  await expect(harness.call("wrong")).rejects.toMatchObject({ code: "plugin_error" });
});

test("gives what was granted or what the manifest requires, and nothing else", async () => {
  await expect(createTestHarness(plugin).call("count")).rejects.toBeInstanceOf(PermissionDeniedError);
  const manifest = { permissions: { required: [{ name: "storage.scoped" }, "ui.page"] } };
  const harness = createTestHarness(plugin, { manifest });
  await harness.activate();
  expect(await harness.call("count")).toBe(41);
  expect(harness.logs).toEqual([{ level: "info", message: "counted", fields: { count: 41 } }]);
});

test("lets a function stand in for fetch, and puts the real one back", async () => {
  const before = globalThis.fetch;
  const harness = createTestHarness(plugin, { fetch: async (input) => new Response(`read ${input}`) });
  expect(await harness.call("read")).toBe("read https://example.test/");
  expect(globalThis.fetch).toBe(before);
});

test("keeps what people are notified of, once that is granted", async () => {
  const plugin = definePlugin({
    tools: {
      note: tool({ description: "n", run: (_input, { api }) => api.ui.showNotification({ title: "Done" }) }),
    },
  });
  const harness = createTestHarness(plugin, { grants: ["ui.notifications"] });
  await harness.call("note");
  expect(harness.notifications).toEqual([{ title: "Done" }]);
  await expect(createTestHarness(plugin).call("note")).rejects.toBeInstanceOf(PermissionDeniedError);
});

test("refuses the plugin's own tools where those of others are asked for, as the platform", async () => {
  const own = { manifest: { id: "acme.one" }, grants: ["tools.invoke"] };
  const { api } = createTestHarness(plugin, { ...own, otherTools: { "acme.two/run": () => 1 } });
  expect(await api.tools.invoke("acme.two/run")).toBe(1);
  await expect(api.tools.invoke("acme.one/greet")).rejects.toBeInstanceOf(PermissionDeniedError);
  await expect(api.tools.invoke("acme.two/none")).rejects.toMatchObject({ code: "tool_not_found" });
});

test("refuses calls of the wrong form, and knows no theme, as the platform", async () => {
  const { api } = createTestHarness(plugin, { grants: ["storage.scoped"] });
  const long = api.storage.set("x".repeat(1_000), 1);
  await expect(long).rejects.toBeInstanceOf(InvalidInputError);
  await expect(long).rejects.toMatchObject({ errors: [{ pointer: "/key" }] });
  await expect(api.ui.getTheme()).rejects.toBeInstanceOf(NotAvailableError);
});

test("stands in for every domain of the platform, behind its permission", async () => {
  const calls = ({ api }: ReturnType<typeof createTestHarness>) => [
    api.storage.files.read("a.txt"),
    api.metrics.plugins(),
    api.ui.showNotification({ title: "Done" }),
  ];
  for (const call of calls(createTestHarness(plugin)))
    await expect(call).rejects.toBeInstanceOf(PermissionDeniedError);
  const harness = createTestHarness(plugin, {
    grants: ["storage.scoped", "metrics.read", "ui.notifications"],
  });
  await harness.api.storage.files.write("a.txt", "abc", { contentType: "text/plain" });
  const [file, metrics] = await Promise.all(calls(harness));
  expect(file).toEqual({ bytes: new TextEncoder().encode("abc"), contentType: "text/plain" });
  expect(metrics).toEqual([]);
  expect((await harness.api.storage.files.list()).items).toMatchObject([{ key: "a.txt", bytes: 3 }]);
});

test("runs a schedule for a time and under a key, and throws what it throws", async () => {
  const ticking = definePlugin({
    schedules: {
      digest: {
        every: "1h",
        run: async ({ api, settings, log, ...run }) => {
          log.info(`${settings.greeting} ${run.scheduledAt}`);
          if (run.idempotencyKey === "bad") throw new Error("No.");
          await api.storage.set(run.idempotencyKey, run.projects);
        },
      },
    },
  });
  const options = { grants: ["storage.scoped"], settings: { greeting: "Hello" } };
  const harness = createTestHarness(ticking, options);
  await harness.runSchedule("digest", { scheduledAt: "2026-01-01T06:00:00Z", idempotencyKey: "one" });
  expect(await harness.api.storage.get("one")).toBe("all");
  expect(harness.logs).toMatchObject([{ message: "Hello 2026-01-01T06:00:00Z" }]);
  await expect(harness.runSchedule("digest", { idempotencyKey: "bad" })).rejects.toThrow("No.");
  await expect(harness.runSchedule("weekly")).rejects.toMatchObject({ code: "schedule_not_found" });
  await harness.runSchedule("digest");
});

test("asks a plugin's models as the gateway would", async () => {
  const plugin = definePlugin({
    models: {
      mine: {
        list: () => [{ name: "small", kind: "chat" }],
        async *chat({ model, messages }, { settings }) {
          yield { type: "text", text: `${settings.greeting} ${model}, ` };
          yield { type: "text", text: `${messages.length}` };
          yield { type: "finish", reason: "stop" };
        },
        embed: ({ inputs, dimensions = 2 }) => ({
          embeddings: inputs.map(() => [1, 0, 0].slice(0, dimensions)),
        }),
      },
      cut: {
        list: () => [],
        async *chat() {
          yield { type: "text", text: "a" };
        },
      },
    },
  });
  const harness = createTestHarness(plugin, { settings: { greeting: "Hello" } });
  const asked = { messages: [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hi" }] }] };
  expect(await harness.chat("mine/small", asked)).toEqual({
    parts: [{ type: "text", text: "Hello small, 1" }],
    finish: "stop",
  });
  expect(await harness.embed("mine/small", ["a", "b"])).toEqual({
    embeddings: [
      [1, 0],
      [1, 0],
    ],
  });
  expect(await harness.embed("mine/small", ["a"], { dimensions: 1 })).toEqual({ embeddings: [[1]] });
  await expect(harness.chat("cut/x", asked)).rejects.toThrow("broke off");
  await expect(harness.chat("small", asked)).rejects.toMatchObject({ code: "model_not_found" });
  await expect(harness.embed("cut/x", [])).rejects.toMatchObject({ code: "model_not_found" });
});
