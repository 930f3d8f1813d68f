import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrameMessage } from "./frame-messages.ts";
import { MAX_FRAME_MESSAGE_LENGTH } from "./limits.ts";

const read = (value: unknown) => readFrameMessage(JSON.stringify(value));

describe("messages of a frame", () => {
  it("pass in each of their forms", () => {
    const messages = [
      { t: "ready" },
      { t: "rendered" },
      { t: "pong", n: 3 },
      { t: "call", id: 1, method: "storage.get", args: { key: "a" } },
      { t: "call", id: 1, method: "fetch", args: {}, attachment: "YWJj" },
      { t: "cancel", id: 1 },
      { t: "height", height: 240.5 },
      { t: "escape" },
      { t: "fault", phase: "render", message: "It broke", stack: "at View" },
      { t: "stopped" },
    ];
    for (const message of messages) expect(read(message)).toEqual(message);
  });

  it("are refused when something is missing, of another kind, too long or besides", () => {
    const wrong: unknown[] = [
      {},
      [],
      null,
      7,
      { t: "unknown" },
      { t: "__proto__" },
      { t: "toString" },
      { t: "ready", plugin: "acme.other" },
      { t: "call", id: 1, method: "storage.get", args: {}, plugin: "acme.other" },
      { t: "call", id: 0, method: "a", args: {} },
      { t: "call", id: 1.5, method: "a", args: {} },
      { t: "call", id: 1, method: "a".repeat(65), args: {} },
      { t: "call", id: 1, method: "a", args: {}, attachment: "not base64!" },
      { t: "height", height: -1 },
      { t: "height", height: "12" },
      { t: "fault", phase: "hang", message: "only the console can tell" },
      { t: "fault", phase: "render", message: "m".repeat(4_001) },
    ];
    for (const message of wrong) expect(read(message), JSON.stringify(message)).toBeNull();
  });

  it("are refused when they are no text, no JSON or too large", () => {
    for (const data of [undefined, { t: "ready" }, new ArrayBuffer(8), "{", ""])
      expect(readFrameMessage(data)).toBeNull();
    const large = JSON.stringify({
      t: "call",
      id: 1,
      method: "a",
      args: "x".repeat(MAX_FRAME_MESSAGE_LENGTH),
    });
    expect(readFrameMessage(large)).toBeNull();
  });

  it("never make the reader throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => {
        const message = readFrameMessage(data);
        expect(message === null || typeof message.t === "string").toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
