import { setImmediate as turn } from "node:timers/promises";
import type { PluginAnswer, PluginCall } from "@patchbay/core";
import { MAX_PENDING_CALLS, type PatchbayError, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LAST_WORD_GRACE_MS, MAX_HELD_STREAM_BYTES, PING_GRACE_MS } from "../limits.ts";
import { codeOf } from "../testing/outcomes.ts";
import { openScriptedInstance, type ScriptedInstance } from "../testing/scripted-peer.ts";

const CALL_SECONDS = 5;
const MARGIN_MS = 100;

let scripted: ScriptedInstance;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  scripted = await openScriptedInstance({ callSeconds: CALL_SECONDS });
});
afterEach(() => {
  scripted.instance.kill();
  vi.useRealTimers();
});

const call = (given: Partial<PluginCall> = {}): Promise<PluginAnswer> =>
  scripted.instance.call(
    { kind: "tools", name: "go", input: null, ...given },
    performance.now() + CALL_SECONDS * 1_000,
  );
const heardCall = async () => (await scripted.peer.hear("call")).message;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns++) await turn();
};

describe("a call", () => {
  test("tells how far it is to who wants to hear, no more often than anybody can see", async () => {
    const told: unknown[] = [];
    const answer = call({ onProgress: (progress) => void told.push(progress) });
    const { id, facts } = await heardCall();
    expect(facts.progress).toBe(true);
    for (let done = 0; done < 50; done += 1)
      scripted.peer.say({ t: "progress", id, done, total: 50, message: "on" });
    scripted.peer.say({ t: "value", id, value: 1 });
    await answer;
    expect(told[0]).toEqual({ done: 0, total: 50, message: "on" });
    expect(told.length).toBeLessThan(10);
  });

  test("hears nothing of progress that nobody asked for, or of a call that has ended", async () => {
    const answer = call();
    const { id, facts } = await heardCall();
    expect(facts).not.toHaveProperty("progress");
    scripted.peer.say({ t: "progress", id, done: 1 });
    scripted.peer.say({ t: "value", id, value: 1 });
    await answer;
    scripted.peer.say({ t: "progress", id, done: 2 });
    await settle();
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("ends with questions where it may ask", async () => {
    const questions = { name: { method: "elicitation/create", params: { message: "Who?" } } } as const;
    const outcome = call({ asks: { methods: ["elicitation/create"], given: [] } }).catch(
      (error: PatchbayError) => [error.code, error.facts],
    );
    const { id, facts } = await heardCall();
    expect(facts.asks).toEqual({ methods: ["elicitation/create"], given: [] });
    scripted.peer.say({ t: "asks", id, questions });
    expect(await outcome).toEqual(["input_required", { questions }]);
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("of a guest that asks although it may not ends with the guest", async () => {
    const outcome = codeOf(call());
    const { id } = await heardCall();
    scripted.peer.say({ t: "asks", id, questions: { name: { method: "roots/list", params: {} } } });
    expect(await outcome).toBe("protocol_violation");
  });

  test("brings its own answer, whatever the order in which the guest answers", async () => {
    const answers = ["a", "b", "c"].map((input) => call({ input }));
    const heard = [await heardCall(), await heardCall(), await heardCall()];
    for (const { id, input } of heard.reverse()) scripted.peer.say({ t: "value", id, value: { input } });
    expect(await Promise.all(answers)).toEqual(
      ["a", "b", "c"].map((input) => ({ kind: "value", value: { input } })),
    );
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("says what, for which project, and how long there is", async () => {
    const answer = call({ input: { a: 1 }, project: "apollo" });
    const heard = await heardCall();
    expect(heard).toMatchObject({ kind: "tools", name: "go", input: { a: 1 }, facts: { project: "apollo" } });
    expect(heard.facts.deadlineMs).toBeGreaterThan((CALL_SECONDS - 1) * 1_000);
    scripted.peer.say({ t: "value", id: heard.id });
    expect(await answer).toEqual({ kind: "value", value: undefined });
  });

  test("says by which trace, and tells how many bytes went and came", async () => {
    const bytes: string[] = [];
    const trace = { id: "4bf92f3577b34da6a3ce929d0e0e4736", flags: "01" };
    const link = { call: "0b1c2d3e-0000-4000-8000-00f067aa0ba9", first: "first", trace };
    const answer = call({ link, onBytes: (way, count) => void bytes.push(`${way} ${count > 0}`) });
    const { id, facts } = await heardCall();
    expect(facts.trace).toBe(`00-${trace.id}-800000f067aa0ba9-01`);
    scripted.peer.say({ t: "value", id, value: 1 });
    await answer;
    expect(bytes).toEqual(["input true", "output true"]);
  });

  test.each([
    ["permission_denied", "permission_denied"],
    ["call_loop", "call_loop"],
    ["internal", "plugin_error"],
    ["unauthenticated", "plugin_error"],
    ["toString", "plugin_error"],
  ])("fails with a code that plugins may use: %s as %s", async (said, expected) => {
    const outcome = codeOf(call());
    const { id } = await heardCall();
    scripted.peer.say({ t: "error", id, error: { code: said, message: "It failed." } });
    expect(await outcome).toBe(expected);
  });

  test("beyond those that may wait is refused, and those that wait go on", async () => {
    const answers = Array.from({ length: MAX_PENDING_CALLS }, () => call());
    expect(await codeOf(call())).toBe("overloaded");
    for (const _ of answers) scripted.peer.say({ t: "value", id: (await heardCall()).id, value: 1 });
    await Promise.all(answers);
    const next = call();
    scripted.peer.say({ t: "value", id: (await heardCall()).id, value: 1 });
    await next;
  });

  test("fails when the guest ends, and a later one does too", async () => {
    const outcomes = [codeOf(call()), codeOf(call())];
    await heardCall();
    scripted.peer.end();
    expect(await Promise.all(outcomes)).toEqual(["plugin_crashed", "plugin_crashed"]);
    expect(await codeOf(call())).toBe("plugin_crashed");
  });

  test("is too large when its input fits into no message", async () => {
    expect(await codeOf(call({ input: "x".repeat(33 * 1024 * 1024) }))).toBe("payload_too_large");
    expect(scripted.instance.isIdle).toBe(true);
  });
});

describe("a call whose deadline passes", () => {
  test("fails then, and is cancelled in the guest, whose late answer hurts nobody", async () => {
    const outcome = codeOf(call());
    const { id } = await heardCall();
    await pass(CALL_SECONDS * 1_000 - MARGIN_MS);
    expect(scripted.peer.count("cancel")).toBe(0);
    await pass(MARGIN_MS);
    expect(await outcome).toBe("deadline_exceeded");
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
    scripted.peer.say({ t: "pong", n: (await scripted.peer.hear("ping")).message.n });
    scripted.peer.say({ t: "value", id, value: "late" });
    const next = call();
    scripted.peer.say({ t: "value", id: (await heardCall()).id, value: "next" });
    expect(await next).toEqual({ kind: "value", value: "next" });
    await pass(LAST_WORD_GRACE_MS + MARGIN_MS);
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("ends a guest that shows no sign of life", async () => {
    const outcome = codeOf(call());
    await heardCall();
    await pass(CALL_SECONDS * 1_000);
    expect(await outcome).toBe("deadline_exceeded");
    await scripted.peer.hear("ping");
    await pass(PING_GRACE_MS + MARGIN_MS);
    expect((await scripted.instance.ended).code).toBe("plugin_crashed");
  });

  test("ends a guest that lives and never lets go of it", async () => {
    const outcome = codeOf(call());
    await heardCall();
    await pass(CALL_SECONDS * 1_000);
    expect(await outcome).toBe("deadline_exceeded");
    scripted.peer.say({ t: "pong", n: (await scripted.peer.hear("ping")).message.n });
    await settle();
    await pass(LAST_WORD_GRACE_MS + MARGIN_MS);
    expect((await scripted.instance.ended).message).toContain("did not let go");
  });
});

describe("a call whose caller leaves after its deadline", () => {
  test("gives the guest no more time than one whose caller stays", async () => {
    const abort = new AbortController();
    const outcome = codeOf(call({ signal: abort.signal }));
    await heardCall();
    await pass(CALL_SECONDS * 1_000);
    expect(await outcome).toBe("deadline_exceeded");
    scripted.peer.say({ t: "pong", n: (await scripted.peer.hear("ping")).message.n });
    await settle();
    abort.abort();
    await pass(LAST_WORD_GRACE_MS + MARGIN_MS);
    expect((await scripted.instance.ended).message).toContain("did not let go");
    expect(scripted.peer.count("cancel")).toBe(1);
  });
});

describe("a call that its caller gives up", () => {
  test("fails at once and is cancelled in the guest, which may still say its last word, once", async () => {
    const abort = new AbortController();
    const outcome = codeOf(call({ signal: abort.signal }));
    const { id } = await heardCall();
    abort.abort();
    expect(await outcome).toBe("cancelled");
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
    expect(scripted.instance.isIdle).toBe(false);
    scripted.peer.say({ t: "error", id, error: { code: "cancelled", message: "" } });
    await expect.poll(() => scripted.instance.isIdle).toBe(true);
    scripted.peer.say({ t: "value", id });
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
  });

  test("takes no more of a stream that begins too late than the first credits are for", async () => {
    const abort = new AbortController();
    const outcome = codeOf(call({ signal: abort.signal }));
    const { id } = await heardCall();
    abort.abort();
    expect(await outcome).toBe("cancelled");
    scripted.peer.say({ t: "value", id, stream: true });
    for (let n = 0; n < STREAM_WINDOW_CHUNKS; n++) scripted.peer.say({ t: "chunk", id, value: n });
    await settle();
    expect(scripted.instance.isIdle).toBe(false);
    scripted.peer.say({ t: "chunk", id, value: "one more" });
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
  });

  test("is none where only the plugin says so: then the plugin has failed it", async () => {
    const outcome = codeOf(call());
    const { id } = await heardCall();
    scripted.peer.say({ t: "error", id, error: { code: "cancelled", message: "Never mind." } });
    expect(await outcome).toBe("plugin_error");
  });

  test("before it began fails, too", async () => {
    expect(await codeOf(call({ signal: AbortSignal.abort() }))).toBe("cancelled");
  });
});

describe("a guest that answers out of turn is stopped, and all its calls fail:", () => {
  const ways: Readonly<Record<string, (id: number) => void>> = {
    "a call that nobody made": (id) => scripted.peer.say({ t: "value", id: id + 1_000, value: 1 }),
    "a call that it has answered": (id) => {
      scripted.peer.say({ t: "error", id, error: { code: "x", message: "y" } });
      scripted.peer.say({ t: "value", id });
    },
    "a value of no stream": (id) => scripted.peer.say({ t: "chunk", id, value: 1 }),
    "the end of no stream": (id) => scripted.peer.say({ t: "end", id }),
    "a stream that it has begun": (id) => {
      scripted.peer.say({ t: "value", id, stream: true });
      scripted.peer.say({ t: "value", id, stream: true });
    },
    "a sign of life that nobody asked for": () => scripted.peer.say({ t: "pong", n: 1 }),
    "its start": () => scripted.peer.say({ t: "ready" }),
    "its end": () => scripted.peer.say({ t: "deactivated" }),
  };

  test.each(Object.keys(ways))("%s", async (way) => {
    const first = call().then(
      () => "none",
      (error: PatchbayError) => error.code,
    );
    const other = codeOf(call());
    const { id } = await heardCall();
    ways[way]?.(id);
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
    expect(await other).toBe("protocol_violation");
    await first;
  });
});

describe("streams of which too much waits to be read", () => {
  test("are ended by those that hold the most, and who reads loses nothing", async () => {
    const opened = async (): Promise<{ id: number; values: AsyncIterator<unknown> }> => {
      const answer = call();
      const { id } = await heardCall();
      scripted.peer.say({ t: "value", id, stream: true });
      const { values } = (await answer) as Extract<PluginAnswer, { kind: "stream" }>;
      return { id, values: values[Symbol.asyncIterator]() };
    };
    const read = await opened();
    const text = "x".repeat(60 * 1024);
    const unread = [];
    for (let held = 0; held <= MAX_HELD_STREAM_BYTES; held += STREAM_WINDOW_CHUNKS * text.length) {
      const stream = await opened();
      unread.push(stream);
      for (let piece = 0; piece < STREAM_WINDOW_CHUNKS; piece += 1)
        scripted.peer.say({ t: "chunk", id: stream.id, value: text });
    }
    await settle();
    for (let value = 0; value < 3; value += 1) {
      scripted.peer.say({ t: "chunk", id: read.id, value });
      expect(await read.values.next()).toEqual({ done: false, value });
    }
    const outcomes = await Promise.all(unread.map(({ values }) => codeOf(values.next())));
    expect(outcomes.filter((one) => one === "overloaded").length).toBeGreaterThan(0);
    expect(outcomes.filter((one) => one !== "overloaded").length).toBeGreaterThan(unread.length / 2);
  });
});
