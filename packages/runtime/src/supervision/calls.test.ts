import type { PluginSpec } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGuest, openTestRuntime, type TestRuntime } from "../testing/host.ts";
import { codeOf, later, pidsOf } from "../testing/outcomes.ts";

let runtime: TestRuntime;

beforeAll(async () => {
  buildGuest();
  runtime = await openTestRuntime();
});
afterAll(() => runtime.supervisor.close());

describe("a call", () => {
  test("starts the plugin and brings the tool's answer back", async () => {
    const spec = runtime.host.plugin(`{ greet: ({ name }) => ({ text: "Hello " + name }) }`);
    expect(await runtime.call(spec, "greet", { name: "Ada" })).toEqual({ text: "Hello Ada" });
    const [report] = runtime.supervisor.instances().filter(({ pid }) => pidsOf(runtime, spec).includes(pid));
    expect(report).toMatchObject({ state: "running", calls: 1, callsInFlight: 0, pluginId: "acme.test" });
    expect(report?.residentBytes).toBeGreaterThan(1_000_000);
  });

  test("that comes with a hundred others is answered by one instance", async () => {
    const spec = runtime.host.plugin(`{ echo: async (input) => input }`);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => runtime.call(spec, "echo", { n })),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => ({ n })));
    expect(pidsOf(runtime, spec)).toHaveLength(1);
  });

  test("sees settings, project and log, and none of them of another project", async () => {
    runtime.host.values.apollo = { units: "imperial" };
    runtime.host.values[""] = { units: "metric", apiKey: "pbs_1" };
    const spec = runtime.host.plugin(`{
      async look(_, { settings, project, api, log }) {
        log.info("looked", { project });
        await null;
        return { settings, project: project ?? null, all: await api.settings.getAll(), units: await api.settings.get("units") };
      },
      change(_, { settings }) { settings.units = "none"; },
    }`);
    const of = (project?: string) => runtime.call(spec, "look", {}, project);
    const metric = { units: "metric", apiKey: "pbs_1" };
    const imperial = { units: "imperial", apiKey: "pbs_1" };
    const [apollo, none] = await Promise.all([of("apollo"), of()]);
    expect(apollo).toEqual({ settings: imperial, project: "apollo", all: imperial, units: "imperial" });
    expect(none).toEqual({ settings: metric, project: null, all: metric, units: "metric" });
    expect(await codeOf(runtime.call(spec, "change"))).toBe("plugin_error");
    await expect
      .poll(() => runtime.host.lines)
      .toContainEqual(
        expect.objectContaining({ level: "info", message: "looked", fields: { project: "apollo" } }),
      );
  });

  test("sees new settings as soon as they are changed, and the plugin hears of them", async () => {
    runtime.host.values[""] = { level: 1 };
    const spec = runtime.host.plugin(
      `{ read: (_, { settings }) => ({ level: settings.level, heard: globalThis.heard ?? null }) }`,
      {
        rest: `plugin.onActivate = (api) => { api.settings.onChange((values) => { globalThis.heard = values.level; }); };`,
      },
    );
    expect(await runtime.call(spec, "read")).toEqual({ level: 1, heard: null });
    runtime.host.values[""] = { level: 2 };
    runtime.supervisor.settingsChanged(spec.installationId);
    expect(await runtime.call(spec, "read")).toEqual({ level: 2, heard: 2 });
  });

  test("whose input does not match is refused with where and what", async () => {
    const spec = runtime.host.plugin(`{
      add: { description: "", run: ({ a, b }) => a + b, input: { type: "object", required: ["a", "b"], additionalProperties: false,
        properties: { a: { type: "number" }, b: { type: "number" } } } },
      standard: { description: "", run: (input) => input, input: { "~standard": { version: 1, vendor: "x",
        validate: (value) => value.ok ? { value: { converted: true } } : { issues: [{ message: "Not ok", path: ["list", { key: 0 }, "a/b"] }] } } } },
      broken: { description: "", run: () => 1, input: { $ref: "#/nowhere" } },
      answer: { description: "", run: () => "text", output: { type: "number" } },
    }`);
    expect(await runtime.call(spec, "add", { a: 1, b: 2 })).toBe(3);
    expect(await runtime.call(spec, "add", { a: 1, b: "2" }).catch((error) => error)).toMatchObject({
      code: "invalid_input",
      errors: [{ pointer: "/b", message: expect.stringContaining("number") }],
    });
    expect(await codeOf(runtime.call(spec, "add"))).toBe("invalid_input");
    expect(await runtime.call(spec, "standard", { ok: true })).toEqual({ converted: true });
    expect(await runtime.call(spec, "standard", {}).catch((error) => error)).toMatchObject({
      code: "invalid_input",
      errors: [{ pointer: "/list/0/a~1b", message: "Not ok" }],
    });
    expect(await codeOf(runtime.call(spec, "broken"))).toBe("plugin_error");
    expect(await codeOf(runtime.call(spec, "answer"))).toBe("plugin_error");
    expect(await codeOf(runtime.call(spec, "none"))).toBe("tool_not_found");
  });

  test("that its caller gives up is cancelled in the plugin", async () => {
    const spec = runtime.host.plugin(`{
      wait: (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => { globalThis.aborted = true; reject(signal.reason); })),
      aborted: () => globalThis.aborted ?? false,
    }`);
    await runtime.supervisor.start(spec);
    const abort = new AbortController();
    const call = runtime.supervisor.call(spec, {
      kind: "tools",
      name: "wait",
      input: {},
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 50);
    expect(await codeOf(call)).toBe("cancelled");
    expect(await runtime.call(spec, "aborted")).toBe(true);
    const gone = { kind: "tools", name: "wait", input: {}, signal: AbortSignal.abort() } as const;
    expect(await codeOf(runtime.supervisor.call(spec, gone))).toBe("cancelled");
  });

  test("is refused when too many wait, and when its input is too large", async () => {
    const spec = runtime.host.plugin(`{ wait: () => new Promise((resolve) => setTimeout(resolve, 500, 1)) }`);
    await runtime.supervisor.start(spec);
    const codes = await Promise.all(Array.from({ length: 1_010 }, () => codeOf(runtime.call(spec, "wait"))));
    expect(codes.filter((one) => one === "overloaded")).toHaveLength(10);
    expect(await codeOf(runtime.call(spec, "wait", "x".repeat(33 * 1024 * 1024)))).toBe("payload_too_large");
  });
});

describe("a host call", () => {
  test("reaches the host with the project of the call that made it, through awaits and timers", async () => {
    const spec = runtime.host.plugin(
      `{
      async keep(input, { api }) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await api.storage.set("last", input);
        await outside.storage.set("outside", 1);
        return { stored: await api.storage.get("last"), none: await api.storage.get("other") ?? "none" };
      },
    }`,
      { rest: `let outside; plugin.onActivate = (api) => { outside = api; };` },
    );
    const keep = (project?: string) => runtime.call(spec, "keep", { project }, project);
    expect(await Promise.all([keep("apollo"), keep("gemini")])).toHaveLength(2);
    const calls = runtime.host.calls.filter((one) => one.spec === spec && one.method === "storage.set");
    expect(calls.map(({ project }) => project).sort()).toEqual(["apollo", "apollo", "gemini", "gemini"]);
    expect(await keep()).toEqual({ stored: {}, none: "none" });
  });

  test("fails with the host's code, and instanceof finds the class in another copy of the SDK", async () => {
    runtime.host.answer = async (call) => {
      if (call.method === "storage.list") throw new Error("secret detail of the host");
      throw new PatchbayError("quota_exceeded", "Full.", { errors: [{ pointer: "/key", message: "long" }] });
    };
    const spec = runtime.host.plugin(`{
      async fail(_, { api }) {
        const caught = await api.storage.delete("x").catch((error) => error);
        return { name: caught.name, code: caught.code, message: caught.message, errors: caught.errors };
      },
      pass: (_, { api }) => api.storage.delete("x"),
      internal: (_, { api }) => api.storage.list(),
    }`);
    expect(await runtime.call(spec, "fail")).toEqual({
      name: "QuotaExceededError",
      code: "quota_exceeded",
      message: "Full.",
      errors: [{ pointer: "/key", message: "long" }],
    });
    expect(await codeOf(runtime.call(spec, "pass"))).toBe("quota_exceeded");
    const error = await runtime.call(spec, "internal").catch((thrown: PatchbayError) => thrown);
    expect(error).toMatchObject({ code: "plugin_error", message: expect.not.stringContaining("secret") });
    expect(runtime.faults.splice(0)).toHaveLength(1);
  });

  test("brings bytes both ways, no faster than they are read", async () => {
    let sent = 0;
    runtime.host.answer = async (call) => {
      if (call.method === "storage.files.write") return { value: null };
      return {
        value: { contentType: "text/plain", bytes: 1 },
        body: (async function* () {
          for (; sent < 400; sent++) yield new Uint8Array(100_000).fill(sent % 256);
        })(),
      };
    };
    const spec = runtime.host.plugin(`{
      async write(_, { api }) { await api.storage.files.write("a", new Uint8Array([1, 2, 255]), { contentType: "x/y" }); },
      async read(_, { api }) { return (await api.storage.files.read("a")).bytes.length; },
      async part() {
        const response = await fetch("https://example.com/");
        const reader = response.body.getReader();
        const { value } = await reader.read();
        await new Promise((resolve) => setTimeout(resolve, 300));
        return value.length;
      },
    }`);
    await runtime.call(spec, "write");
    expect([...(runtime.host.calls.at(-1)?.attachment ?? [])]).toEqual([1, 2, 255]);
    expect(await runtime.call(spec, "read")).toBe(40_000_000);
    sent = 0;
    const { answer } = runtime.host;
    runtime.host.answer = async (call) => ({
      ...(await answer(call)),
      value: {
        status: 200,
        statusText: "OK",
        headers: [["a", "b"]],
        url: "https://example.com/",
        redirected: false,
      },
    });
    expect(await runtime.call(spec, "part")).toBe(100_000);
    expect(sent).toBeLessThan(64);
  });

  test("in great number and size is sent no faster than the host answers", async () => {
    let underWay = 0;
    let most = 0;
    runtime.host.answer = async () => {
      most = Math.max(most, ++underWay);
      await later(2);
      underWay--;
      return { value: true };
    };
    const spec = runtime.host.plugin(`{
      async many(_, { api }) {
        const calls = Array.from({ length: 3_000 }, () => api.storage.delete("x"));
        return (await Promise.all(calls)).length;
      },
      async large(_, { api }) {
        const value = "x".repeat(1_000_000);
        await Promise.all(Array.from({ length: 60 }, (_, n) => api.storage.set("a", value)));
        return "done";
      },
    }`);
    expect(await runtime.call(spec, "many")).toBe(3_000);
    expect(most).toBeLessThanOrEqual(250);
    expect(await runtime.call(spec, "large")).toBe("done");
  });

  test("too large for a message is refused", async () => {
    const spec = runtime.host.plugin(`{
      tooLarge: (_, { api }) => api.storage.set("x", "x".repeat(40_000_000)),
    }`);
    expect(await codeOf(runtime.call(spec, "tooLarge"))).toBe("quota_exceeded");
  });

  test("that is given up aborts the host's signal; one whose process ends too", async () => {
    const aborted: string[] = [];
    let asked = 0;
    runtime.host.answer = (call) => {
      asked++;
      return new Promise((_, reject) =>
        call.signal.addEventListener("abort", () => {
          aborted.push(call.spec.installationId);
          reject(call.signal.reason);
        }),
      );
    };
    const spec = runtime.host.plugin(
      `{
      give: () => fetch("https://example.com/", { signal: AbortSignal.timeout(50) }),
      hold: () => fetch("https://example.com/"),
    }`,
      { callSeconds: 1 },
    );
    expect(await codeOf(runtime.call(spec, "give"))).toBe("plugin_error");
    await expect.poll(() => aborted.length).toBe(1);
    const held = runtime.call(spec, "hold");
    held.catch(() => undefined);
    await expect.poll(() => asked).toBe(2);
    process.kill(pidsOf(runtime, spec)[0] ?? 0, "SIGKILL");
    expect(await codeOf(held)).toBe("plugin_crashed");
    await expect.poll(() => aborted.length).toBe(2);
  });
});

describe("a stream", () => {
  const streams = () =>
    runtime.host.plugin(
      `{
      async *count({ to, fail }) {
        globalThis.made = 0; globalThis.closed = false;
        try { for (let n = 0; n < to; n++) { globalThis.made++; if (n === fail) throw new Error("at " + n); yield { n }; } }
        finally { globalThis.closed = true; }
      },
      async *slow() { yield 1; await new Promise(() => {}); },
      state: () => ({ made: globalThis.made, closed: globalThis.closed }),
    }`,
      { callSeconds: 1 },
    );
  const open = async (spec: PluginSpec, name: string, input: unknown, signal?: AbortSignal) => {
    const answer = await runtime.supervisor.call(spec, {
      kind: "tools",
      name,
      input,
      ...(signal ? { signal } : {}),
    });
    if (answer.kind !== "stream") throw new Error("No stream.");
    return answer.values;
  };

  test("brings every value in order", async () => {
    const values: unknown[] = [];
    for await (const value of await open(streams(), "count", { to: 500 })) values.push(value);
    expect(values).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })));
  });

  test("is made no faster than it is read, and ended when its reader stops", async () => {
    const spec = streams();
    const values = await open(spec, "count", { to: 1e9 });
    let read = 0;
    for await (const _ of values) {
      if (++read === 10) await later(100);
      if (read === 10) break;
    }
    await expect.poll(() => runtime.call(spec, "state")).toMatchObject({ closed: true });
    const { made } = (await runtime.call(spec, "state")) as { made: number };
    expect(made).toBeLessThan(60);
  });

  test("ends with the plugin's error after the values before it", async () => {
    const values: unknown[] = [];
    const reading = (async () => {
      for await (const value of await open(streams(), "count", { to: 9, fail: 3 })) values.push(value);
    })();
    expect(await codeOf(reading)).toBe("plugin_error");
    expect(values).toHaveLength(3);
  });

  test("ends when its caller goes away, and when no value comes within the deadline", async () => {
    const abort = new AbortController();
    const spec = streams();
    const values = (await open(spec, "slow", {}, abort.signal)) as AsyncIterableIterator<unknown>;
    expect(await values.next()).toEqual({ done: false, value: 1 });
    const next = values.next();
    abort.abort();
    expect(await codeOf(next)).toBe("cancelled");
    const late = (await open(spec, "slow", {})) as AsyncIterableIterator<unknown>;
    await late.next();
    expect(await codeOf(late.next())).toBe("deadline_exceeded");
    expect(await runtime.call(spec, "state")).toBeDefined();
  });
});
