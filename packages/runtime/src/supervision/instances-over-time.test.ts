import { PatchbayError } from "@patchbay/protocol";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BACKOFF_FIRST_MS, MAX_FAILURES } from "../limits.ts";
import { GuestsInProcess } from "../testing/guests-in-process.ts";
import { buildGuest, openTestRuntime, type TestRuntime } from "../testing/host.ts";
import { codeOf, pidsOf } from "../testing/outcomes.ts";
import type { SupervisorOptions } from "./supervisor.ts";

const IDLE_EVICTION_MS = 60_000;

let guests: GuestsInProcess;
let runtime: TestRuntime;

beforeAll(buildGuest);
beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
  });
  await open({});
});
afterEach(async () => {
  await runtime.supervisor.close();
  vi.useRealTimers();
});

const open = async (options: SupervisorOptions): Promise<void> => {
  guests = new GuestsInProcess((error) => runtime.faults.push(error));
  runtime = await openTestRuntime({ sandboxes: guests, idleEvictionMs: IDLE_EVICTION_MS, ...options });
};
const reopen = async (options: SupervisorOptions): Promise<void> => {
  await runtime.supervisor.close();
  await open(options);
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Lets time go by until a promise has come to something. */
const passWhile = async <T>(promise: Promise<T>, stepMs: number): Promise<T> => {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await passUntil(() => isSettled, stepMs);
  return await promise;
};
/** Lets time go by until it is so. */
const passUntil = async (isSo: () => boolean, stepMs: number): Promise<void> => {
  while (!isSo()) await pass(stepMs);
};
const running = () => runtime.supervisor.instances().map(({ installationId }) => installationId);

describe("a start", () => {
  test("is shared by all calls that come meanwhile", async () => {
    const spec = runtime.host.plugin(`{ echo: (input) => input }`);
    const answers = await Promise.all([1, 2, 3].map((n) => runtime.call(spec, "echo", { n })));
    expect(answers).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(pidsOf(runtime, spec)).toHaveLength(1);
  });

  test.each([
    ["throws in onActivate", `plugin.onActivate = () => { throw new Error("no such region"); };`, {}],
    ["throws while it is evaluated", `throw new Error("no such region");`, {}],
    [
      "never comes to an end",
      `plugin.onActivate = () => new Promise(() => {});`,
      { code: "deadline_exceeded" },
    ],
    ["defines other tools", `plugin.tools.more = { run() {} };`, { code: "contributions_mismatch" }],
  ])("of a plugin that %s fails, and leaves nothing behind", async (_what, rest, expected) => {
    const spec = runtime.host.plugin(`{ go: () => 1 }`, { rest });
    const outcome = runtime.supervisor.start(spec).catch((error: PatchbayError) => error);
    expect(await passWhile(outcome, 1_000)).toMatchObject({ code: "activation_failed", ...expected });
    expect(running()).toEqual([]);
    expect(runtime.host.ends).toEqual([]);
  });

  test("that the host forbids does not happen, and counts against nobody", async () => {
    const spec = runtime.host.plugin(`{ go: () => 1 }`);
    runtime.host.beforeStart = async () => {
      throw new PatchbayError("unavailable", "Not now.");
    };
    for (let n = 0; n <= MAX_FAILURES; n++)
      expect(await codeOf(runtime.call(spec, "go"))).toBe("unavailable");
    runtime.host.beforeStart = async () => undefined;
    expect(await runtime.call(spec, "go")).toBe(1);
    expect(runtime.host.givenUp).toEqual([]);
  });
});

describe("an instance that crashes", () => {
  test("fails the calls under way, and the next one starts another", async () => {
    const spec = runtime.host.plugin(`{ wait: () => new Promise(() => {}), go: () => 1 }`);
    await runtime.supervisor.start(spec);
    const [pid = 0] = pidsOf(runtime, spec);
    const waiting = codeOf(runtime.call(spec, "wait"));
    guests.end(pid);
    expect(await waiting).toBe("plugin_crashed");
    expect(runtime.host.ends.map(({ error }) => error.code)).toEqual(["plugin_crashed"]);
    expect(await passWhile(runtime.call(spec, "go"), BACKOFF_FIRST_MS)).toBe(1);
    expect(pidsOf(runtime, spec)).not.toContain(pid);
  });

  test("is started again ever later, then given up until it is forgiven", async () => {
    const spec = runtime.host.plugin(`{ go: () => 1 }`);
    for (let n = 0, crashedAt = 0; n < MAX_FAILURES; n++) {
      expect(await passWhile(runtime.call(spec, "go"), 10)).toBe(1);
      const wait = n === 0 ? 0 : BACKOFF_FIRST_MS * 2 ** (n - 1);
      expect(performance.now() - crashedAt).toBeGreaterThanOrEqual(wait);
      crashedAt = performance.now();
      guests.end(pidsOf(runtime, spec)[0] ?? 0);
      await expect.poll(() => pidsOf(runtime, spec)).toEqual([]);
    }
    expect(runtime.host.givenUp.map(({ error }) => error.code)).toEqual(["plugin_crashed"]);
    expect(await codeOf(runtime.call(spec, "go"))).toBe("plugin_failed");
    runtime.supervisor.forgive(spec.installationId);
    expect(await runtime.call(spec, "go")).toBe(1);
  });
});

describe("an instance that is not needed", () => {
  test("is ended after a while without calls, not before, and the next call starts another", async () => {
    const [used, idle] = ["used", "idle"].map((installationId) =>
      runtime.host.plugin(`{ go: () => 1 }`, { installationId }),
    );
    if (used === undefined || idle === undefined) throw new Error("Two are made.");
    await Promise.all([runtime.call(used, "go"), runtime.call(idle, "go")]);
    await pass(IDLE_EVICTION_MS / 2);
    await runtime.call(used, "go");
    expect(running().toSorted()).toEqual(["idle", "used"]);
    await pass(IDLE_EVICTION_MS * 0.9);
    expect(running()).toEqual(["used"]);
    expect(await runtime.call(idle, "go")).toBe(1);
    expect(runtime.host.ends).toEqual([]);
  });

  test("makes room when there are too many: the one that was used least recently", async () => {
    await reopen({ maxInstances: 2, warmSandboxes: 0 });
    for (const installationId of ["a", "b", "c"]) {
      await runtime.call(runtime.host.plugin(`{ go: () => 1 }`, { installationId }), "go");
      await pass(10);
    }
    await expect.poll(running).toEqual(["b", "c"]);
  });

  test("ends after its calls under way and what it does at its end", async () => {
    const spec = runtime.host.plugin(
      `{ async slow(_, { log }) { log.info("begun"); await new Promise((resolve) => setTimeout(resolve, 3_000)); return "done"; } }`,
      { rest: `plugin.onDeactivate = () => { console.log("goodbye"); };` },
    );
    const slow = runtime.call(spec, "slow");
    const said = () => runtime.host.lines.map(({ message }) => message);
    await passUntil(() => said().includes("begun"), 100);
    const retired = runtime.supervisor.retire(spec.installationId);
    expect(pidsOf(runtime, spec)).toHaveLength(1);
    expect(await passWhile(slow, 1_000)).toBe("done");
    await passWhile(retired, 10);
    expect(said()).toContain("goodbye");
    expect(pidsOf(runtime, spec)).toEqual([]);
  });
});

describe("a running plugin", () => {
  test("sees each project's settings as they are by now, and hears of changes", async () => {
    runtime.host.values[""] = { level: 1 };
    runtime.host.values.apollo = { units: "metric" };
    const spec = runtime.host.plugin(
      `{ look: async (_, { settings, api }) => [settings, await api.settings.getAll(), globalThis.heard ?? null] }`,
      {
        rest: `plugin.onActivate = (api) => { api.settings.onChange((values) => { globalThis.heard = values; }); };`,
      },
    );
    const both = { level: 1, units: "metric" };
    expect(await runtime.call(spec, "look", {}, "apollo")).toEqual([both, both, null]);
    runtime.host.values[""] = { level: 2 };
    runtime.supervisor.settingsChanged(spec.installationId);
    expect(await runtime.call(spec, "look")).toEqual([{ level: 2 }, { level: 2 }, expect.anything()]);
  });

  test("keeps its calls apart through awaits, also in what it does outside of them", async () => {
    const spec = runtime.host.plugin(
      `{ async keep(_, { project }) { await null; await outside.storage.set("place", project); } }`,
      { rest: `let outside; plugin.onActivate = (api) => { outside = api; };` },
    );
    const projects = ["apollo", "gemini", "mercury"];
    await Promise.all(projects.map((project) => runtime.call(spec, "keep", {}, project)));
    expect(runtime.host.calls.map(({ project }) => project).toSorted()).toEqual(projects);
  });

  test("is stopped with its calls when the runtime closes", async () => {
    const spec = runtime.host.plugin(`{ wait: () => new Promise(() => {}) }`);
    await runtime.supervisor.start(spec);
    const waiting = codeOf(runtime.call(spec, "wait"));
    await runtime.supervisor.close();
    expect(await waiting).toBe("unavailable");
    expect(await codeOf(runtime.call(spec, "wait"))).toBe("unavailable");
    expect(running()).toEqual([]);
  });
});

test("inspection tells what a script defines, and lets it do nothing", async () => {
  const script = `return { default: { onActivate() { throw new Error("activated"); }, integrations: { m: {} },
    tools: { t: { title: "T", input: { type: "object" }, run() {} } } } }`;
  expect(await runtime.supervisor.inspect(script, { memoryMb: 128 })).toMatchObject({
    tools: [{ name: "t", title: "T", input: { type: "object" } }],
    integrations: ["m"],
  });
  expect(await codeOf(runtime.supervisor.inspect("} {", { memoryMb: 128 }))).toBe("activation_failed");
});
