import { setImmediate as turn } from "node:timers/promises";
import type { HostAnswer, HostCall } from "@patchbay/core";
import {
  BODY_CHUNK_BYTES,
  MAX_PENDING_HOST_CALLS,
  PatchbayError,
  STREAM_WINDOW_BYTES,
  STREAM_WINDOW_CHUNKS,
} from "@patchbay/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BODY_PAUSE_BYTES, MAX_REFUSED_BYTES_PER_SECOND } from "../limits.ts";
import { codeOf } from "../testing/outcomes.ts";
import { openScriptedInstance, type ScriptedInstance } from "../testing/scripted-peer.ts";

let scripted: ScriptedInstance;

beforeEach(async () => {
  scripted = await openScriptedInstance();
});
afterEach(() => {
  scripted.instance.kill();
  vi.useRealTimers();
});

const ask = (id: number, given: { call?: number; params?: unknown } = {}, attachment?: Uint8Array): void =>
  scripted.peer.say({ t: "hostCall", id, method: "storage.delete", ...given }, attachment);
const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 10; turns++) await turn();
};
/** An answer that comes when the test says so. */
const hold = () => {
  const calls: HostCall[] = [];
  scripted.host.answer = (call) => {
    calls.push(call);
    return new Promise<HostAnswer>((_, reject) =>
      call.signal.addEventListener("abort", () => reject(call.signal.reason)),
    );
  };
  return calls;
};
const endOf = async (): Promise<string> => (await scripted.instance.ended).code;

describe("a host call", () => {
  test("reaches the host with its bytes and the project of the call that it is made for", async () => {
    scripted.host.answer = async () => ({ value: { done: true } });
    const answer = scripted.instance.call(
      { kind: "tools", name: "go", input: null, project: "apollo" },
      performance.now() + 5_000,
    );
    const { id: call } = (await scripted.peer.hear("call")).message;
    ask(1, { call, params: { key: "a" } }, Uint8Array.from([1, 2]));
    expect((await scripted.peer.hear("value")).message).toEqual({ t: "value", id: 1, value: { done: true } });
    scripted.peer.say({ t: "value", id: call });
    await answer;
    ask(2, { call });
    await scripted.peer.hear("value");
    const [during, after] = scripted.host.calls;
    expect(during).toMatchObject({ project: "apollo", method: "storage.delete", params: { key: "a" } });
    expect([...(during?.attachment ?? [])]).toEqual([1, 2]);
    expect(after).not.toHaveProperty("project");
  });

  test("fails with the host's code, and with no word of the host's own faults", async () => {
    const failure = new Error("where the host keeps its secrets");
    const errors = [new PatchbayError("quota_exceeded", "Full."), failure];
    scripted.host.answer = async () => {
      throw errors.shift();
    };
    ask(1);
    expect((await scripted.peer.hear("error")).message.error).toEqual({
      code: "quota_exceeded",
      message: "Full.",
    });
    ask(2);
    const { error } = (await scripted.peer.hear("error")).message;
    expect(error.code).toBe("internal");
    expect(error.message).not.toContain("secrets");
    expect(scripted.faults).toEqual([failure]);
  });

  test("whose answer fits into no message fails for that", async () => {
    scripted.host.answer = async () => ({ value: "x".repeat(33 * 1024 * 1024) });
    ask(1);
    expect((await scripted.peer.hear("error")).message.error.code).toBe("answer_too_large");
  });

  test("that the guest gives up is aborted, and has its last word", async () => {
    const calls = hold();
    ask(1);
    await expect.poll(() => calls.length).toBe(1);
    scripted.peer.say({ t: "hostCancel", id: 1 });
    expect((await scripted.peer.hear("error")).message).toMatchObject({
      id: 1,
      error: { code: "cancelled" },
    });
    expect(calls[0]?.signal.aborted).toBe(true);
    // Its number may be used again now, and giving up what is done does nothing.
    scripted.peer.say({ t: "hostCancel", id: 1 });
    scripted.host.answer = async () => ({ value: 1 });
    ask(1);
    await scripted.peer.hear("value");
  });

  test("is aborted when the guest ends", async () => {
    const calls = hold();
    ask(1);
    ask(2);
    await expect.poll(() => calls.length).toBe(2);
    scripted.peer.end();
    await scripted.instance.ended;
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });
});

describe("a body", () => {
  let pulled = 0;
  let released = 0;
  const answerWith = (pieces: number, bytes: number): void => {
    pulled = 0;
    released = 0;
    scripted.host.answer = async () => ({
      value: "head",
      body: (async function* () {
        for (; pulled < pieces; pulled++) yield new Uint8Array(bytes).fill(pulled);
      })(),
      release: () => released++,
    });
  };

  test("follows its value in pieces, and is released at its end", async () => {
    answerWith(2, BODY_CHUNK_BYTES + 1);
    ask(1);
    expect((await scripted.peer.hear("value")).message).toEqual({
      t: "value",
      id: 1,
      value: "head",
      stream: "bytes",
    });
    const sizes: number[] = [];
    for (let n = 0; n < 4; n++) sizes.push((await scripted.peer.hear("chunk")).attachment.length);
    expect(sizes).toEqual([BODY_CHUNK_BYTES, 1, BODY_CHUNK_BYTES, 1]);
    expect((await scripted.peer.hear("end")).message.id).toBe(1);
    expect(released).toBe(1);
  });

  test("goes no further than the guest gives credits for, and no further than one window whatever it gives", async () => {
    answerWith(10_000, 1);
    ask(1);
    await expect.poll(() => scripted.peer.count("chunk")).toBe(STREAM_WINDOW_CHUNKS);
    await settle();
    expect(scripted.peer.count("chunk")).toBe(STREAM_WINDOW_CHUNKS);
    scripted.peer.say({ t: "credit", id: 1, chunks: 3 });
    await expect.poll(() => scripted.peer.count("chunk")).toBe(STREAM_WINDOW_CHUNKS + 3);
    scripted.peer.say({ t: "credit", id: 1, chunks: 1_000_000 });
    await expect.poll(() => scripted.peer.count("chunk")).toBe(2 * STREAM_WINDOW_CHUNKS + 3);
    await settle();
    expect(scripted.peer.count("chunk")).toBe(2 * STREAM_WINDOW_CHUNKS + 3);
  });

  test("pauses while the guest does not read", async () => {
    answerWith(STREAM_WINDOW_CHUNKS, BODY_CHUNK_BYTES);
    scripted.peer.stopReading();
    ask(1);
    await expect.poll(() => pulled).toBeGreaterThan(0);
    await settle();
    const most = BODY_PAUSE_BYTES / BODY_CHUNK_BYTES + 3;
    expect(pulled).toBeLessThanOrEqual(most);
    scripted.peer.readOn();
    await scripted.peer.hear("end");
    expect(pulled).toBe(STREAM_WINDOW_CHUNKS);
  });

  test.each([
    ["the guest gives it up", () => scripted.peer.say({ t: "hostCancel", id: 1 })],
    ["the guest ends", () => scripted.peer.end()],
  ])("is pulled no further and released when %s", async (_what, stop) => {
    answerWith(10_000, 1);
    ask(1);
    await expect.poll(() => scripted.peer.count("chunk")).toBe(STREAM_WINDOW_CHUNKS);
    stop();
    await expect.poll(() => released).toBe(1);
    expect(pulled).toBeLessThanOrEqual(STREAM_WINDOW_CHUNKS + 1);
  });
});

describe("values", () => {
  let pulled = 0;
  let released = 0;
  const answerWith = (count: number, value: unknown): void => {
    pulled = 0;
    released = 0;
    scripted.host.answer = async () => ({
      value: null,
      values: (async function* () {
        for (; pulled < count; pulled++) yield value;
      })(),
      release: () => released++,
    });
  };

  test("follow the answer one by one, and are released at their end", async () => {
    answerWith(2, { text: "a" });
    ask(1);
    expect((await scripted.peer.hear("value")).message).toEqual({
      t: "value",
      id: 1,
      value: null,
      stream: "values",
    });
    for (let n = 0; n < 2; n++)
      expect((await scripted.peer.hear("chunk")).message).toEqual({
        t: "chunk",
        id: 1,
        value: { text: "a" },
      });
    expect((await scripted.peer.hear("end")).message.id).toBe(1);
    expect(released).toBe(1);
  });

  test.each([
    ["values", STREAM_WINDOW_CHUNKS, "a"],
    ["bytes, of which the last go beyond", 5, "x".repeat(STREAM_WINDOW_BYTES / 4 - 50)],
  ])("go no further than one window of %s", async (_what, most, value) => {
    answerWith(10_000, value);
    ask(1);
    await expect.poll(() => scripted.peer.count("chunk")).toBe(most);
    await settle();
    expect(scripted.peer.count("chunk")).toBe(most);
    expect(pulled).toBeLessThanOrEqual(most + 1);
    scripted.peer.say({ t: "credit", id: 1, chunks: 1_000_000, bytes: Number.MAX_SAFE_INTEGER });
    await expect.poll(() => scripted.peer.count("chunk")).toBeGreaterThan(most);
    await settle();
    expect(scripted.peer.count("chunk")).toBeLessThanOrEqual(2 * most);
  });

  test("without bytes to go with it, no credit of chunks lets more of them come", async () => {
    answerWith(10_000, "x".repeat(STREAM_WINDOW_BYTES));
    ask(1);
    await expect.poll(() => scripted.peer.count("chunk")).toBe(1);
    scripted.peer.say({ t: "credit", id: 1, chunks: 1_000_000 });
    await settle();
    expect(scripted.peer.count("chunk")).toBe(1);
  });

  test.each([
    ["the guest gives them up", () => scripted.peer.say({ t: "hostCancel", id: 1 })],
    ["the guest ends", () => scripted.peer.end()],
  ])("are pulled no further and released when %s", async (_what, stop) => {
    answerWith(10_000, 1);
    ask(1);
    await expect.poll(() => scripted.peer.count("chunk")).toBe(STREAM_WINDOW_CHUNKS);
    stop();
    await expect.poll(() => released).toBe(1);
    expect(pulled).toBeLessThanOrEqual(STREAM_WINDOW_CHUNKS + 1);
  });

  test("that fail end with the error, and what its reader can do by it", async () => {
    const facts = { reason: "rate_limited", retryAfterSeconds: 7, secret: "a" };
    scripted.host.answer = async () => {
      throw new PatchbayError("model_failed", "Too much.", { facts });
    };
    ask(1);
    expect((await scripted.peer.hear("error")).message.error).toEqual({
      code: "model_failed",
      message: "Too much.",
      reason: "rate_limited",
      retryAfterSeconds: 7,
    });
  });
});

describe("what is asked on behalf of a call", () => {
  test("knows the way that the call has come, and hears of its end or of its being told to end", async () => {
    scripted.host.answer = async () => ({ value: null });
    const abort = new AbortController();
    const begin = async (signal?: AbortSignal) => {
      const answer = scripted.instance.call(
        { kind: "tools", name: "go", input: null, path: ["a:one"], ...(signal && { signal }) },
        performance.now() + 5_000,
      );
      return { answer, id: (await scripted.peer.hear("call")).message.id };
    };
    const first = await begin();
    ask(1, { call: first.id });
    await scripted.peer.hear("value");
    const [asked] = scripted.host.calls;
    expect([asked?.path, asked?.callEnded?.aborted]).toEqual([["a:one"], false]);
    scripted.peer.say({ t: "value", id: first.id });
    await first.answer;
    expect([asked?.callEnded?.aborted, asked?.callGivenUp?.aborted]).toEqual([true, false]);
    const second = await begin(abort.signal);
    ask(2, { call: second.id });
    await scripted.peer.hear("value");
    abort.abort();
    await expect(second.answer).rejects.toMatchObject({ code: "cancelled" });
    ask(3, { call: second.id });
    await scripted.peer.hear("value");
    expect(scripted.host.calls.map(({ callEnded }) => callEnded?.aborted)).toEqual([true, true, true]);
    // What a plugin asks to tidy up goes on.
    const givenUp = scripted.host.calls.map(({ callGivenUp }) => callGivenUp?.aborted);
    expect(givenUp).toEqual([false, true, undefined]);
    ask(4);
    await scripted.peer.hear("value");
    expect(scripted.host.calls.at(-1)).not.toHaveProperty("callEnded");
  });
});

describe("a guest is stopped", () => {
  test("when it uses a number twice", async () => {
    hold();
    ask(1);
    ask(1);
    expect(await endOf()).toBe("protocol_violation");
  });

  test("when more of its calls are under way than any honest guest has", async () => {
    hold();
    for (let id = 1; id <= MAX_PENDING_HOST_CALLS + 1; id++) ask(id);
    expect(await endOf()).toBe("plugin_flooding");
  });

  test("when it repeats large calls that are refused", async () => {
    const params = "x".repeat(1_000_000);
    const attempts = Math.ceil(MAX_REFUSED_BYTES_PER_SECOND / params.length) + 1;
    vi.useFakeTimers({ toFake: ["performance"] });
    for (let id = 1; id <= attempts; id++) ask(id, { params });
    expect(await endOf()).toBe("plugin_flooding");
  });

  test("and its callers are told", async () => {
    const call = scripted.instance.call({ kind: "tools", name: "go", input: 1 }, performance.now() + 5_000);
    hold();
    ask(1);
    ask(1);
    expect(await codeOf(call)).toBe("protocol_violation");
  });
});
