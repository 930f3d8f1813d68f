import { setImmediate as turn } from "node:timers/promises";
import { STREAM_WINDOW_BYTES, STREAM_WINDOW_CHUNKS } from "@patchbay/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { STREAM_CREDIT_GROUP } from "../limits.ts";
import { codeOf } from "../testing/outcomes.ts";
import { openScriptedInstance, type ScriptedInstance } from "../testing/scripted-peer.ts";

const CALL_SECONDS = 5;

let scripted: ScriptedInstance;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  scripted = await openScriptedInstance({ callSeconds: CALL_SECONDS });
});
afterEach(() => {
  scripted.instance.kill();
  vi.useRealTimers();
});

/** A stream that the guest has begun. */
const open = async (signal?: AbortSignal) => {
  const answering = scripted.instance.call(
    { kind: "tools", name: "go", input: null, ...(signal === undefined ? {} : { signal }) },
    performance.now() + CALL_SECONDS * 1_000,
  );
  const { id } = (await scripted.peer.hear("call")).message;
  scripted.peer.say({ t: "value", id, stream: true });
  const answer = await answering;
  if (answer.kind !== "stream") throw new Error("No stream.");
  return { id, values: answer.values as AsyncIterableIterator<unknown> };
};
const sayMany = (id: number, from: number, to: number): void => {
  for (let value = from; value < to; value++) scripted.peer.say({ t: "chunk", id, value });
};
const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns++) await turn();
};

describe("a stream", () => {
  test("brings its values in order, and its end", async () => {
    const { id, values } = await open();
    sayMany(id, 0, 5);
    scripted.peer.say({ t: "end", id });
    const all: unknown[] = [];
    for await (const value of values) all.push(value);
    expect(all).toEqual([0, 1, 2, 3, 4]);
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("brings what came before its error, then the error, once", async () => {
    const { id, values } = await open();
    sayMany(id, 0, 2);
    scripted.peer.say({ t: "error", id, error: { code: "plugin_error", message: "At two." } });
    await settle();
    expect([await values.next(), await values.next()].map(({ value }) => value)).toEqual([0, 1]);
    expect(await codeOf(values.next())).toBe("plugin_error");
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  test("lets the guest send on in groups, as values are read", async () => {
    const { id, values } = await open();
    sayMany(id, 0, STREAM_WINDOW_CHUNKS);
    for (let n = 0; n < STREAM_CREDIT_GROUP - 1; n++) await values.next();
    await settle();
    expect(scripted.peer.count("credit")).toBe(0);
    await values.next();
    expect((await scripted.peer.hear("credit")).message).toMatchObject({ id, chunks: STREAM_CREDIT_GROUP });
    sayMany(id, STREAM_WINDOW_CHUNKS, STREAM_WINDOW_CHUNKS + STREAM_CREDIT_GROUP);
    await settle();
    expect(scripted.instance.isIdle).toBe(false);
    for (let n = STREAM_CREDIT_GROUP; n < STREAM_WINDOW_CHUNKS + STREAM_CREDIT_GROUP; n++)
      expect(await values.next()).toEqual({ done: false, value: n });
  });

  test.each([
    ["more values than it was given credits for", STREAM_WINDOW_CHUNKS + 1, 1],
    ["more bytes than it was given credits for", 4, STREAM_WINDOW_BYTES / 2],
  ])("ends a guest that sends %s", async (_what, count, bytes) => {
    // Large JSON is read after a pause.
    vi.useRealTimers();
    const { id, values } = await open();
    for (let n = 0; n < count; n++) scripted.peer.say({ t: "chunk", id, value: "x".repeat(bytes) });
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
    const reading = (async () => {
      for await (const _ of values);
    })();
    expect(await codeOf(reading)).toBe("protocol_violation");
  });

  test("whose reader stops is cancelled in the guest, and what still comes of it is dropped", async () => {
    const { id, values } = await open();
    sayMany(id, 0, 3);
    for await (const _ of values) break;
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
    sayMany(id, 3, 6);
    scripted.peer.say({ t: "end", id });
    await expect.poll(() => scripted.instance.isIdle).toBe(true);
  });

  test("whose caller goes away fails for its reader", async () => {
    const abort = new AbortController();
    const { id, values } = await open(abort.signal);
    const next = codeOf(values.next());
    abort.abort();
    expect(await next).toBe("cancelled");
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
  });

  test("has its deadline between values, and only while somebody waits for one", async () => {
    const { id, values } = await open();
    sayMany(id, 0, 1);
    await settle();
    await vi.advanceTimersByTimeAsync(3 * CALL_SECONDS * 1_000);
    expect(await values.next()).toEqual({ done: false, value: 0 });
    for (const value of [1, 2]) {
      const next = values.next();
      await vi.advanceTimersByTimeAsync(CALL_SECONDS * 900);
      sayMany(id, value, value + 1);
      expect(await next).toEqual({ done: false, value });
    }
    const next = codeOf(values.next());
    await vi.advanceTimersByTimeAsync(CALL_SECONDS * 1_000);
    expect(await next).toBe("deadline_exceeded");
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
  });

  test("fails when the guest ends", async () => {
    const { id, values } = await open();
    sayMany(id, 0, 1);
    await settle();
    scripted.peer.end();
    await scripted.instance.ended;
    expect(await values.next()).toEqual({ done: false, value: 0 });
    expect(await codeOf(values.next())).toBe("plugin_crashed");
  });

  test("is read by one reader at a time", async () => {
    const { id, values } = await open();
    const first = values.next();
    await expect(values.next()).rejects.toThrow("one reader");
    sayMany(id, 0, 1);
    expect(await first).toEqual({ done: false, value: 0 });
  });
});
