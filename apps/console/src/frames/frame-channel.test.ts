import { once } from "node:events";
import {
  type FrameHostMessage,
  type FrameMessage,
  MAX_FRAME_CALLS,
  MAX_FRAME_MESSAGE_LENGTH,
  MAX_FRAME_MESSAGES_PER_SECOND,
  PatchbayError,
} from "@patchbay/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type CallFrame, FrameChannel } from "./frame-channel.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A channel with the frame's end of its port in the test's hand. */
const connect = (call: CallFrame = async () => ({ value: null })) => {
  const { port1, port2 } = new MessageChannel();
  const messages: FrameMessage[] = [];
  const broken = Promise.withResolvers<string>();
  const channel = new FrameChannel(port1, call, {
    message: (message) => messages.push(message),
    broken: (_fault, cause) => broken.resolve(cause),
  });
  open.push(channel, port2);
  const sent: FrameHostMessage[] = [];
  port2.onmessage = ({ data }) => sent.push(JSON.parse(data));
  return {
    channel,
    messages,
    sent,
    broken: broken.promise,
    post: (message: unknown) => port2.postMessage(JSON.stringify(message)),
    raw: (data: unknown) => port2.postMessage(data),
  };
};
/** Both ends have handled what was sent before. */
const settled = async () => {
  for (let turn = 0; turn < 3; turn += 1) {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(0);
    await once(port2, "message");
    port1.close();
  }
};

describe("a frame's channel", () => {
  it("answers calls, passes chunks on before the answer, and other messages as they are", async () => {
    const frame = connect(async ({ method, args, chunk }) => {
      chunk(1);
      return { value: { method, args } };
    });
    frame.post({ t: "ready" });
    frame.post({ t: "call", id: 4, method: "storage.get", args: { key: "a" } });
    await expect.poll(() => frame.sent).toHaveLength(2);
    expect(frame.sent).toEqual([
      { t: "chunk", id: 4, value: 1 },
      { t: "value", id: 4, value: { method: "storage.get", args: { key: "a" } } },
    ]);
    expect(frame.messages).toEqual([{ t: "ready" }]);
  });

  it("passes on a value, the bytes that follow it, and that they have ended", async () => {
    const frame = connect(async ({ head, chunk }) => {
      head({ status: 200 });
      chunk("YQ==");
      return { value: null };
    });
    frame.post({ t: "call", id: 4, method: "fetch", args: {} });
    await expect.poll(() => frame.sent).toHaveLength(3);
    expect(frame.sent).toEqual([
      { t: "value", id: 4, value: { status: 200 }, stream: true },
      { t: "chunk", id: 4, value: "YQ==" },
      { t: "end", id: 4 },
    ]);
  });

  it("tells the view a platform's error, and of any other only that it failed", async () => {
    const frame = connect(async ({ method }) => {
      if (method === "a") throw new PatchbayError("permission_denied", "Not granted.");
      throw new Error("at /home/secret");
    });
    frame.post({ t: "call", id: 1, method: "a", args: {} });
    frame.post({ t: "call", id: 2, method: "b", args: {} });
    await expect.poll(() => frame.sent).toHaveLength(2);
    expect(frame.sent[0]).toMatchObject({
      t: "error",
      id: 1,
      code: "permission_denied",
      message: "Not granted.",
    });
    expect(frame.sent[1]).toMatchObject({ t: "error", id: 2, code: "internal" });
    expect(JSON.stringify(frame.sent)).not.toContain("secret");
  });

  it("aborts what is cancelled and what is under way at its end", async () => {
    const signals: AbortSignal[] = [];
    const frame = connect(({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    frame.post({ t: "call", id: 1, method: "a", args: {} });
    frame.post({ t: "call", id: 2, method: "a", args: {} });
    frame.post({ t: "cancel", id: 1 });
    await expect.poll(() => signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    frame.channel.close();
    expect(signals[1]?.aborted).toBe(true);
  });

  it("refuses more calls at once than it bears, and lives on", async () => {
    const frame = connect(() => new Promise(() => undefined));
    for (let id = 1; id <= MAX_FRAME_CALLS + 1; id += 1) frame.post({ t: "call", id, method: "a", args: {} });
    await expect.poll(() => frame.sent).toHaveLength(1);
    expect(frame.sent[0]).toMatchObject({ id: MAX_FRAME_CALLS + 1, code: "quota_exceeded" });
  });

  it.each([
    ["an unknown message", (frame: ReturnType<typeof connect>) => frame.post({ t: "root" })],
    [
      "another plugin's name",
      (frame) => frame.post({ t: "call", id: 1, method: "a", args: {}, plugin: "acme.b" }),
    ],
    ["an object", (frame) => frame.raw({ t: "ready" })],
    ["a text that is too long", (frame) => frame.raw(`"${"x".repeat(MAX_FRAME_MESSAGE_LENGTH)}"`)],
    [
      "a number twice",
      (frame) => {
        for (const _ of [1, 2]) frame.post({ t: "call", id: 1, method: "a", args: {} });
      },
    ],
  ] satisfies [string, (frame: ReturnType<typeof connect>) => void][])(
    "closes the port at %s",
    async (_what, send) => {
      const frame = connect(() => new Promise(() => undefined));
      send(frame);
      expect(await frame.broken).toMatch(/^It (sent|used) /);
      frame.post({ t: "ready" });
      await settled();
      expect(frame.messages).toEqual([]);
    },
  );

  it("closes the port of a flood at its bound", async () => {
    const frame = connect();
    const count = 3 * MAX_FRAME_MESSAGES_PER_SECOND;
    for (let n = 1; n <= count; n += 1) frame.post({ t: "pong", n });
    expect(await frame.broken).toMatch(/more messages/);
    // The flood may begin in one second and go on in the next.
    expect(frame.messages.length).toBeLessThanOrEqual(2 * MAX_FRAME_MESSAGES_PER_SECOND);
  });
});
