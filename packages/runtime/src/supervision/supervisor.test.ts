import type { PluginSpec } from "@patchbay/core";
import type { PatchbayError } from "@patchbay/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildGuest, openTestRuntime, type TestRuntime } from "../testing/host.ts";
import { codeOf, pidsOf } from "../testing/outcomes.ts";
import type { Supervisor, SupervisorOptions } from "./supervisor.ts";

let runtime: TestRuntime;
const others: Supervisor[] = [];

beforeAll(async () => {
  buildGuest();
  runtime = await openTestRuntime();
});
afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});
afterAll(() => runtime.supervisor.close());

const another = async (options: SupervisorOptions): Promise<TestRuntime> => {
  const opened = await openTestRuntime(options);
  others.push(opened.supervisor);
  return opened;
};

describe("a start", () => {
  test.each([
    [
      "throws in onActivate",
      `{}`,
      `plugin.onActivate = () => { throw new Error("no such region") };`,
      "activation_failed",
      /no such region/,
    ],
    ["throws while it is evaluated", `{}`, `throw new Error("at once");`, "activation_failed", /at once/],
    ["is no script", `{}`, `} {`, "activation_failed", /SyntaxError/],
    ["has a tool without run", `{ a: {} }`, ``, "activation_failed", /no function/],
    ["fills its memory", `{}`, `const all = []; for (;;) all.push([1]);`, "out_of_memory", /128 MiB/],
    ["never ends", `{}`, `plugin.onActivate = () => new Promise(() => {});`, "deadline_exceeded", /1 s/],
    ["loops", `{}`, `for (;;) {}`, "deadline_exceeded", /1 s/],
  ])(
    "of a plugin that %s is refused, and nothing stays behind",
    async (_what, tools, rest, expected, message) => {
      // Where the deadline is what is tested, it is short; everything else gets the time that a busy machine needs.
      const activationDeadlineMs = expected === "deadline_exceeded" ? 1_000 : 15_000;
      const quick = await another({ activationDeadlineMs, warmSandboxes: 1 });
      const spec = quick.host.plugin(tools, { rest, callSeconds: 1 });
      const error = await quick.supervisor.start(spec).catch((thrown: PatchbayError) => thrown);
      expect(error).toMatchObject({ code: expected, message: expect.stringMatching(message) });
      expect(quick.supervisor.instances()).toEqual([]);
    },
  );

  test("that takes its time is waited for", async () => {
    const quick = await another({ idleEvictionMs: 300, warmSandboxes: 1 });
    const rest = `const until = Date.now() + 4_000; while (Date.now() < until);`;
    const spec = quick.host.plugin(`{ fine: () => 1 }`, { rest });
    expect(await quick.call(spec, "fine")).toBe(1);
  });

  test("of code whose tools are not those of the manifest names the difference", async () => {
    const spec = runtime.host.plugin(`{ a: () => 1, b: () => 1 }`, { contributes: { tools: ["b", "c"] } });
    expect(await runtime.supervisor.start(spec).catch((error) => error)).toMatchObject({
      code: "contributions_mismatch",
      facts: { missing: ["c"], unlisted: ["a"] },
    });
    expect(await codeOf(runtime.call({ ...spec, contributes: { tools: ["a", "b"] } }, "a"))).toBe("none");
  });

  test("passes on what the host throws for a script that is lost", async () => {
    const spec = { ...runtime.host.plugin(`{ a: () => 1 }`), scriptDigest: "0".repeat(64) };
    expect(await codeOf(runtime.supervisor.start(spec))).toBe("artifact_missing");
  });

  test("beside a running version leaves it alone, and retiring the old lets its calls finish", async () => {
    const old = runtime.host.plugin(
      `{ slow: () => { console.log("begun"); return new Promise((resolve) => setTimeout(resolve, 300, "old")); } }`,
      {
        installationId: "updated",
        rest: `plugin.onDeactivate = () => console.log("goodbye");`,
      },
    );
    const next = runtime.host.plugin(`{ slow: () => "new" }`, {
      installationId: "updated",
      version: "2.0.0",
    });
    const before = runtime.call(old, "slow");
    const said = () => runtime.host.lines.map(({ message }) => message);
    await expect.poll(said).toContain("begun");
    await runtime.supervisor.start(next);
    const retired = runtime.supervisor.retire("updated", next);
    expect(await runtime.call(next, "slow")).toBe("new");
    expect(await before).toBe("old");
    await retired;
    expect(pidsOf(runtime, old)).toEqual([]);
    expect(pidsOf(runtime, next)).toHaveLength(1);
    expect(said()).toContain("goodbye");
    await runtime.supervisor.retire("updated");
    expect(pidsOf(runtime, next)).toEqual([]);
  });
});

describe("an instance", () => {
  test("runs one version, and none that has the same code and another version or other limits", async () => {
    const first = runtime.host.plugin(
      `{ wait: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, "waited")), ask: (_, { api }) => api.storage.get("x") }`,
      { installationId: "same-code", callSeconds: 1 },
    );
    const asked = () => runtime.host.calls.at(-1)?.spec.version;
    await runtime.call(first, "ask");
    expect(asked()).toBe("1.0.0");
    const second: PluginSpec = {
      ...first,
      version: "1.0.1",
      packageDigest: "1".repeat(64),
      callSeconds: 3,
      memoryMb: 256,
    };
    for (const [next, version] of [
      [second, "1.0.1"],
      [first, "1.0.0"],
    ] as const) {
      await runtime.supervisor.start(next);
      await runtime.supervisor.retire(next.installationId, next);
      await runtime.call(next, "ask");
      expect(asked()).toBe(version);
      expect(
        runtime.supervisor.instances().filter(({ installationId }) => installationId === "same-code"),
      ).toEqual([expect.objectContaining({ version })]);
    }
    expect(await codeOf(runtime.call(first, "wait", { ms: 1_500 }))).toBe("deadline_exceeded");
    expect(await runtime.call(second, "wait", { ms: 1_500 })).toBe("waited");
  });
});

describe("inspection", () => {
  test("tells what a script defines without activating it", async () => {
    const script = `return { default: { onActivate() { throw 1 }, integrations: { m: {} },
      tools: { t: { title: "T", description: "D", input: { type: "object" }, run() {} } } } }`;
    expect(await runtime.supervisor.inspect(script, { memoryMb: 128 })).toMatchObject({
      tools: [{ name: "t", title: "T", description: "D", input: { type: "object" } }],
      integrations: ["m"],
      events: [],
    });
    expect(await codeOf(runtime.supervisor.inspect("throw new Error('x')", { memoryMb: 128 }))).toBe(
      "activation_failed",
    );
    expect(
      await codeOf(runtime.supervisor.inspect("const a = []; for (;;) a.push([])", { memoryMb: 64 })),
    ).toBe("out_of_memory");
  });
});

describe("over time", () => {
  test("an idle instance is ended, and the next call starts another", async () => {
    const quick = await another({ idleEvictionMs: 300, warmSandboxes: 1 });
    const spec = quick.host.plugin(`{ pid: () => 1 }`);
    await quick.call(spec, "pid");
    const [first] = pidsOf(quick, spec);
    await expect.poll(() => pidsOf(quick, spec), { timeout: 5_000 }).toEqual([]);
    expect(await quick.call(spec, "pid")).toBe(1);
    expect(pidsOf(quick, spec)).not.toContain(first);
    expect(quick.host.givenUp).toEqual([]);
  });

  test("the instance that was used least recently makes room", async () => {
    const small = await another({ maxInstances: 2, warmSandboxes: 0 });
    const specs = ["a", "b", "c"].map((name) =>
      small.host.plugin(`{ ${name}: () => 1 }`, { installationId: name }),
    );
    for (const [index, spec] of specs.entries()) await small.call(spec, ["a", "b", "c"][index] ?? "");
    await expect
      .poll(() => small.supervisor.instances().map(({ installationId }) => installationId), {
        timeout: 5_000,
      })
      .toEqual(["b", "c"]);
  });

  test("a plugin that crashes again and again is restarted ever later, then given up until it is forgiven", async () => {
    const quick = await another({ warmSandboxes: 1 });
    const spec = quick.host.plugin(`{ crash() { const a = []; for (;;) a.push([a]); }, fine: () => 1 }`, {
      memoryMb: 64,
    });
    for (let n = 0; n < 5; n++) expect(await codeOf(quick.call(spec, "crash"))).toBe("out_of_memory");
    await expect.poll(() => quick.host.givenUp.map(({ error }) => error.code)).toEqual(["out_of_memory"]);
    expect(await codeOf(quick.call(spec, "fine"))).toBe("plugin_failed");
    quick.supervisor.forgive(spec.installationId);
    expect(await quick.call(spec, "fine")).toBe(1);
  });

  test("a plugin that never starts is given up too", async () => {
    const quick = await another({ warmSandboxes: 1 });
    const spec = quick.host.plugin(`{ a: () => 1 }`, { rest: `throw new Error("never");` });
    for (let n = 0; n < 5; n++) expect(await codeOf(quick.call(spec, "a"))).toBe("activation_failed");
    expect(quick.host.givenUp).toHaveLength(1);
    expect(await codeOf(quick.call(spec, "a"))).toBe("plugin_failed");
  });

  test("closing leaves no process behind", async () => {
    const quick = await another({});
    const spec = quick.host.plugin(`{ loop() { for (;;) {} } }`);
    const looping = quick.call(spec, "loop");
    looping.catch(() => undefined);
    await expect.poll(() => pidsOf(quick, spec)).toHaveLength(1);
    const [pid] = pidsOf(quick, spec);
    await quick.supervisor.close();
    expect(() => process.kill(pid ?? 0, 0)).toThrow();
    expect(await codeOf(looping)).toBe("unavailable");
    expect(await codeOf(quick.call(spec, "loop"))).toBe("unavailable");
  });
});
