import type { PluginSpec } from "@patchbay/core";
import type { PatchbayError } from "@patchbay/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildGuest, openTestRuntime, type TestRuntime } from "../testing/host.ts";

/** What a caller may wait beyond the deadline. The machine is busy with the plugin that misbehaves. */
const CALLER_GRACE_MS = 250;

let runtime: TestRuntime;
let bystander: PluginSpec;

beforeAll(async () => {
  buildGuest();
  runtime = await openTestRuntime();
  bystander = runtime.host.plugin(`{ ping: () => "pong" }`);
});
afterAll(() => runtime.supervisor.close());
beforeEach(async () => {
  await runtime.call(bystander, "ping");
});

/** Calls, while a bystander is called all the time; what the call failed with, and after how long. */
const failure = async (spec: PluginSpec, name: string, input: unknown = {}) => {
  await runtime.supervisor.start(spec);
  const start = performance.now();
  let isOver = false;
  let pongs = 0;
  const witness = (async () => {
    while (!isOver) {
      expect(await runtime.call(bystander, "ping")).toBe("pong");
      pongs++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const error = await runtime.call(spec, name, input).then(
    (value) => {
      throw new Error(`It answered: ${JSON.stringify(value)}`);
    },
    (thrown: PatchbayError) => thrown,
  );
  const elapsedMs = performance.now() - start;
  isOver = true;
  await witness;
  expect(pongs).toBeGreaterThan(0);
  expect(elapsedMs).toBeLessThan(spec.callSeconds * 1000 + CALLER_GRACE_MS);
  expect(error.message).toMatch(/\w/);
  return error.code;
};

const gone = async (spec: PluginSpec): Promise<void> => {
  await expect
    .poll(() => runtime.supervisor.instances().some((one) => one.installationId === spec.installationId), {
      timeout: 5_000,
    })
    .toBe(false);
};

describe("a plugin that", () => {
  test("loops without end is ended at the deadline, and answers again afterwards", async () => {
    const spec = runtime.host.plugin(`{ loop() { for (;;) {} }, fine: () => 1 }`, { callSeconds: 1 });
    expect(await failure(spec, "loop")).toBe("deadline_exceeded");
    await gone(spec);
    expect(await runtime.call(spec, "fine")).toBe(1);
  });

  test("loops after an await is ended too", async () => {
    const spec = runtime.host.plugin(`{ async loop() { await null; for (;;) await null; } }`, {
      callSeconds: 1,
    });
    expect(await failure(spec, "loop")).toBe("deadline_exceeded");
    await gone(spec);
  });

  test("waits for ever keeps its process, and its other calls", async () => {
    const spec = runtime.host.plugin(`{ wait: () => new Promise(() => {}), fine: () => 1 }`, {
      callSeconds: 1,
    });
    expect(await failure(spec, "wait")).toBe("deadline_exceeded");
    const before = runtime.supervisor
      .instances()
      .find((one) => one.installationId === spec.installationId)?.pid;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await runtime.call(spec, "fine")).toBe(1);
    const after = runtime.supervisor
      .instances()
      .find((one) => one.installationId === spec.installationId)?.pid;
    expect(after).toBe(before);
  });

  test.each([
    ["fills the heap", `const all = []; for (;;) all.push({ a: [1, 2, 3], b: all.length })`],
    ["allocates buffers", `const all = []; for (;;) all.push(new Uint8Array(1 << 24).fill(1))`],
    ["allocates one enormous buffer", `const all = new Uint8Array(2 ** 31).fill(1); for (;;) all.fill(2)`],
    [
      "builds strings",
      `let text = "x".repeat(1000); const all = []; for (;;) { all.push(text + all.length); all.at(-1).charCodeAt(5); text = [text, "y"].join(""); }`,
    ],
    [
      "grows WebAssembly memory",
      `const all = []; for (;;) { const m = new WebAssembly.Memory({ initial: 1000 }); new Uint8Array(m.buffer).fill(1); all.push(m); }`,
    ],
    [
      "recurses in a regular expression and keeps the results",
      `const all = []; for (;;) all.push("a".repeat(1e6).split(""))`,
    ],
  ])("%s is stopped", async (_what, code) => {
    const spec = runtime.host.plugin(`{ bomb() { ${code} } }`, { callSeconds: 30 });
    // A RangeError that the plugin lets pass is an answer too; what counts is that memory stayed within its bounds.
    expect(await failure(spec, "bomb")).toMatch(/^(out_of_memory|plugin_error)$/);
  });

  test("doubles a string for ever is stopped by the language", async () => {
    const spec = runtime.host.plugin(`{ bomb() { let text = "x"; for (;;) text += text; } }`, {
      callSeconds: 5,
    });
    expect(await failure(spec, "bomb")).toBe("plugin_error");
  });

  test("allocates slowly is stopped while it waits", async () => {
    const spec = runtime.host.plugin(
      `{ async bomb() { globalThis.kept = []; for (;;) { kept.push(new Uint8Array(1 << 23).fill(1)); await new Promise((r) => setTimeout(r, 5)); } } }`,
      { callSeconds: 8, memoryMb: 64 },
    );
    expect(await failure(spec, "bomb")).toMatch(/^(out_of_memory|plugin_error)$/);
  });

  test("floods the log is heard in part, and the rest is counted", async () => {
    const spec = runtime.host.plugin(
      `{ flood() { for (let i = 0; i < 100000; i++) console.log("line", i); return "done"; } }`,
    );
    expect(await runtime.call(spec, "flood")).toBe("done");
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await runtime.call(spec, "flood");
    await expect
      .poll(() => runtime.host.lines.some(({ message }) => /\d+ log lines were dropped/.test(message)), {
        timeout: 5_000,
      })
      .toBe(true);
    expect(runtime.host.lines.length).toBeLessThan(1_000);
  });

  test("makes host calls without end is ended, or waits for its answers", async () => {
    runtime.host.answer = () => new Promise(() => undefined);
    const spec = runtime.host.plugin(`{ flood(_, { api }) { for (;;) void api.storage.list(); } }`, {
      callSeconds: 2,
      memoryMb: 64,
    });
    expect(await failure(spec, "flood")).toMatch(/^(deadline_exceeded|out_of_memory)$/);
    await gone(spec);
  });

  test("answers more than a frame holds gets an error of its own", async () => {
    const spec = runtime.host.plugin(`{ big: ({ n }) => "x".repeat(n) }`);
    expect(await failure(spec, "big", { n: 40_000_000 })).toBe("answer_too_large");
    expect(await runtime.call(spec, "big", { n: 3 })).toBe("xxx");
  });

  test("answers what JSON cannot express gets an error", async () => {
    const spec = runtime.host.plugin(`{
      big: () => 1n,
      circle() { const a = {}; a.a = a; return a; },
      deep() { let a = []; for (let i = 0; i < 3000; i++) a = [a]; return a; },
      hostile: () => ({ toJSON() { throw new Proxy({}, { get() { throw 1 } }); } }),
    }`);
    expect(await failure(spec, "big")).toBe("plugin_error");
    expect(await failure(spec, "circle")).toBe("plugin_error");
    expect(await failure(spec, "hostile")).toBe("plugin_error");
    expect(await failure(spec, "deep")).toBe("answer_too_large");
  });

  test("answers or stores what nests too deep, or has too many values, keeps its process and its other calls", async () => {
    const spec = runtime.host.plugin(`{
      wait: () => new Promise((resolve) => setTimeout(resolve, 1_500, "waited")),
      deep() { let a = []; for (let i = 0; i < 100_000; i++) a = [a]; return a; },
      justDeep() { let a = 1; for (let i = 0; i < 505; i++) a = { a }; return a; },
      stream: async function* () { yield 1; yield this.deep(); },
      many: () => Array(300_000).fill(0),
      store: async ({ what }, { api }) => {
        const value = { deep: () => { let a = 1; for (let i = 0; i < 505; i++) a = [a]; return a; }, many: () => Array(300_000).fill([]), large: () => "x".repeat(3_000_000) }[what]();
        return await api.storage.set("x", value).catch((error) => error.code);
      },
      log(_, { log }) { let a = 1; for (let i = 0; i < 1_000; i++) a = [a]; log.info("deep fields", { a }); return 1; },
    }`);
    const waiting = runtime.call(spec, "wait");
    for (const name of ["deep", "justDeep", "many"])
      expect(await failure(spec, name)).toBe("answer_too_large");
    for (const what of ["deep", "many", "large"])
      expect(await runtime.call(spec, "store", { what })).toBe("quota_exceeded");
    expect(await runtime.call(spec, "log")).toBe(1);
    expect(await waiting).toBe("waited");
  });

  test("answers what JSON would lose silently is told what and where", async () => {
    const lossy = {
      "{ m: new Map() }": "answer.m is a Map",
      "[1, { 'a b': new Set() }]": 'answer[1]["a b"] is a Set',
      "({ p: Promise.resolve(1) })": "answer.p is a Promise",
      "({ f() {} })": "answer.f is a function",
      "new Error('x')": "answer is an Error",
      "(function* () {})()": "answer is a Generator",
      "({ r: new Response('x') })": "answer.r is a Response",
      "({ n: NaN })": "answer.n is NaN",
      "({ d: new Date(NaN) })": "answer.d is an invalid Date",
      "({ b: new Uint8Array(3) })": "answer.b is an Uint8Array",
      "({ b: Buffer.from('x') })": "answer.b is a Buffer",
      "({ n: 1n })": "answer.n is a BigInt",
      "[].values()": "answer is an Array Iterator",
      "(() => { const a = { b: {} }; a.b.a = a; return a; })()": "answer.b.a is a circular reference",
    };
    const tools = Object.keys(lossy).map((code, n) => `t${n}: () => (${code})`);
    const spec = runtime.host.plugin(`{ ${tools.join(", ")},
      store: (_, { api }) => api.storage.set("x", { list: [new Map()] }),
      storeNothing: (_, { api }) => api.storage.set("x", undefined),
      stream: async function* () { yield { s: new Set() }; },
      fine: () => ({ u: undefined, d: new Date(0), n: null, url: new URL("http://x/"), own: new (class A { b = 1; })(), bare: Object.assign(Object.create(null), { c: 2 }) }),
    }`);
    const told = (name: string) => runtime.call(spec, name).catch((error: PatchbayError) => error.message);
    for (const [n, message] of Object.values(lossy).entries()) expect(await told(`t${n}`)).toContain(message);
    expect(await told("store")).toContain("value.list[0] is a Map");
    expect(await told("storeNothing")).toContain("storage.set got undefined as the value");
    const stream = await runtime.supervisor.call(spec, { kind: "tools", name: "stream", input: {} });
    const read = async () => {
      for await (const _ of (stream as { values: AsyncIterable<unknown> }).values);
    };
    await expect(read()).rejects.toThrow("answer.s is a Set");
    const fine = { d: "1970-01-01T00:00:00.000Z", n: null, url: "http://x/", own: { b: 1 }, bare: { c: 2 } };
    expect(await runtime.call(spec, "fine")).toEqual(fine);
  });

  test("throws what is no error is quoted, and no stack names the machine's files", async () => {
    const spec = runtime.host.plugin(`{
      object() { throw { status: 404, reason: "gone" }; },
      message() { throw { message: "as it says" }; },
      nothing() { throw undefined; },
      own() { console.log(new Error("logged").stack); throw new Error("own fault"); },
    }`);
    const told = (name: string) => runtime.call(spec, name).catch((error: PatchbayError) => error.message);
    expect(await told("object")).toContain('{ status: 404, reason: "gone" }');
    expect(await told("message")).toBe("as it says");
    expect(await told("nothing")).toBe("The plugin threw undefined.");
    expect(await told("own")).toBe("own fault");
    const text = () => runtime.host.lines.map(({ message }) => message).join("\n");
    await expect.poll(text).toMatch(/own fault\n {4}at .*plugin\.js:6:/);
    expect(text()).not.toMatch(/file:|guest-/);
  });

  test("yields large values to a reader who is slow is waited for, and holds few bytes", async () => {
    const spec = runtime.host.plugin(
      `{ stream: async function* () { for (let n = 0; n < 40; n++) { globalThis.made = n + 1; yield "x".repeat(1_000_000); } }, made: () => made }`,
    );
    const answer = await runtime.supervisor.call(spec, { kind: "tools", name: "stream", input: {} });
    if (answer.kind !== "stream") throw new Error("No stream.");
    const values = answer.values[Symbol.asyncIterator]();
    await values.next();
    const made = () => runtime.call(spec, "made");
    await expect.poll(made).toBeGreaterThanOrEqual(3);
    expect(await made()).toBeLessThan(8);
    let count = 1;
    for (let step = await values.next(); !step.done; step = await values.next()) count++;
    expect(count).toBe(40);
  });

  test("breaks the language under its own guest is ended some time after a deadline, not kept for ever", async () => {
    const spec = runtime.host.plugin(
      `{ break() { const get = Map.prototype.get; Map.prototype.get = function (key) { return typeof key === "number" ? undefined : get.call(this, key) }; return new Promise(() => {}); } }`,
      { callSeconds: 1 },
    );
    expect(await failure(spec, "break")).toBe("deadline_exceeded");
    await gone(spec);
  });

  test("throws anything at all gets plugin_error, and its stack goes to its log", async () => {
    const spec = runtime.host.plugin(`{
      error() { throw new TypeError("no good"); },
      text() { throw "no good"; },
      nothing() { throw undefined; },
      later: async () => { await null; throw new Error("later"); },
      unhandled() { setTimeout(() => { throw new Error("from a timer") }); Promise.reject(new Error("nobody waits")); return 1; },
      forged() { throw Object.assign(new Error("x"), { code: "unauthenticated", [Symbol.for("patchbay.PluginError")]: true }); },
    }`);
    for (const name of ["error", "text", "nothing", "later", "forged"])
      expect(await failure(spec, name)).toBe("plugin_error");
    expect(await runtime.call(spec, "unhandled")).toBe(1);
    await expect
      .poll(() => runtime.host.lines.map(({ message }) => message).join("\n"), { timeout: 2_000 })
      .toMatch(/from a timer|nobody waits/);
    const text = runtime.host.lines.map(({ message }) => message).join("\n");
    expect(text).toContain("TypeError: no good\n    at");
    expect(await runtime.call(spec, "unhandled")).toBe(1);
  });

  test("defines a hostile schema hurts itself alone", async () => {
    const spec = runtime.host.plugin(
      `{ regex: { description: "", input: { type: "string", pattern: "^(a+)+$" }, run: () => 1 } }`,
      { callSeconds: 1 },
    );
    expect(await failure(spec, "regex", `${"a".repeat(40)}!`)).toBe("deadline_exceeded");
  });

  test("computes after its answer, in slices that let it answer, is ended with the reason", async () => {
    const restless = await openTestRuntime({ warmSandboxes: 0 });
    const spin = `const until = Date.now() + 180; while (Date.now() < until);`;
    const spec = restless.host.plugin(`{ start() { setInterval(() => { ${spin} }, 1); return 1; } }`);
    await restless.call(spec, "start");
    await expect
      .poll(() => restless.host.ends.map(({ error }) => error.code), { timeout: 25_000 })
      .toEqual(["cpu_exceeded"]);
    await restless.supervisor.close();
  });

  test("loops while it is idle is found and ended", async () => {
    const restless = await openTestRuntime({ idleEvictionMs: 1_000, warmSandboxes: 0 });
    const spec = restless.host.plugin(`{ start() { setTimeout(() => { for (;;) {} }, 100); return 1; } }`);
    await restless.call(spec, "start");
    await expect.poll(() => restless.supervisor.instances().length, { timeout: 10_000 }).toBe(0);
    await restless.supervisor.close();
  });
});
