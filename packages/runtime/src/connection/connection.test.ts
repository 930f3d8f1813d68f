import { setImmediate as turn } from "node:timers/promises";
import {
  encodeFrame,
  FrameError,
  type GuestMessage,
  MAX_FRAME_BYTES,
  MAX_GUEST_FRAMES_PER_SECOND,
  PatchbayError,
} from "@patchbay/protocol";
import { afterEach, describe, expect, test, vi } from "vitest";
import { LARGE_JSON_BYTES } from "../limits.ts";
import { ScriptedPeer } from "../testing/scripted-peer.ts";
import { createLinkedPair } from "../transport/linked-pair.ts";
import { Connection, type MessageHandler } from "./connection.ts";

const MiB = 1024 * 1024;
const FRAMES_AT_ONCE = 5_000;

afterEach(() => void vi.useRealTimers());

const open = (handler?: MessageHandler) => {
  const heard: GuestMessage[] = [];
  const faults: unknown[] = [];
  const pair = createLinkedPair();
  const peer = new ScriptedPeer(pair.guest);
  const connection = new Connection(
    pair.host,
    handler ?? ((message) => void heard.push(message)),
    (error) => void faults.push(error),
  );
  return { connection, peer, heard, faults, ended: pair.ended };
};

describe("what the host says", () => {
  test("arrives in order, attachments with their messages", async () => {
    const { connection, peer } = open();
    connection.send({ t: "ping", n: 1 });
    connection.send({ t: "chunk", id: 7 }, Uint8Array.from([1, 2, 3]));
    connection.send({ t: "ping", n: 2 });
    expect((await peer.hear("ping")).message.n).toBe(1);
    expect([...(await peer.hear("chunk")).attachment]).toEqual([1, 2, 3]);
    expect((await peer.hear("ping")).message.n).toBe(2);
  });

  test("is refused when it is too large, and nothing of it is sent", async () => {
    const { connection, peer } = open();
    const tooLarge = new Uint8Array(MAX_FRAME_BYTES);
    expect(() => connection.send({ t: "chunk", id: 1 }, tooLarge)).toThrow(FrameError);
    connection.send({ t: "ping", n: 1 });
    await peer.hear("ping");
    expect(connection.fault).toBeUndefined();
  });

  test("waits for a guest that does not read, and whoever has more can wait for that", async () => {
    const { connection, peer } = open();
    peer.stopReading();
    for (let n = 0; n < 8; n++) connection.send({ t: "chunk", id: n }, new Uint8Array(MiB));
    expect(connection.queuedBytes).toBeGreaterThan(8 * MiB);
    let hasRoom = false;
    const room = connection.roomBelow(MiB).then(() => {
      hasRoom = true;
    });
    for (let n = 0; n < 10; n++) await turn();
    expect(hasRoom).toBe(false);
    peer.readOn();
    await room;
    expect(connection.queuedBytes).toBeLessThanOrEqual(MiB);
  });

  test.each([
    ["the guest is gone", ({ peer }: ReturnType<typeof open>) => peer.end()],
    [
      "the connection is broken off",
      ({ connection }: ReturnType<typeof open>) => connection.breakOff(new PatchbayError("unavailable", "")),
    ],
  ])("is not waited for when %s", async (_why, end) => {
    const opened = open();
    opened.peer.stopReading();
    opened.connection.send({ t: "chunk", id: 1 }, new Uint8Array(8 * MiB));
    await turn();
    opened.connection.send({ t: "chunk", id: 1 }, new Uint8Array(8 * MiB));
    const room = opened.connection.roomBelow(MiB);
    end(opened);
    await room;
    opened.connection.send({ t: "chunk", id: 2 }, new Uint8Array(8 * MiB));
    await opened.connection.roomBelow(MiB);
  });
});

describe("what a guest says", () => {
  test("is read however its bytes are cut", async () => {
    const { peer, heard } = open();
    const bytes = [1, 2, 3].flatMap((n) => [...encodeFrame({ t: "pong", n })]);
    for (const byte of bytes) peer.write(Uint8Array.from([byte]));
    await expect.poll(() => heard).toEqual([1, 2, 3].map((n) => ({ t: "pong", n })));
  });

  test("is read in order when it is large, too", async () => {
    const { peer, heard } = open();
    const value = "x".repeat(4 * LARGE_JSON_BYTES);
    for (const id of [1, 2]) peer.say({ t: "value", id, value });
    peer.say({ t: "pong", n: 1 });
    await expect.poll(() => heard.map(({ t }) => t)).toEqual(["value", "value", "pong"]);
  });

  const text = (json: string, extra = 0): Uint8Array => {
    const bytes = Buffer.from(json);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(4 + bytes.length + extra, 0);
    head.writeUInt32BE(bytes.length, 4);
    return Buffer.concat([head, bytes]);
  };

  test.each([
    ["bytes that are no frame", Buffer.from("this is not a frame at all, and never was one")],
    ["a frame that is too large", Uint8Array.from([255, 255, 255, 255, 0, 0, 0, 4, 1])],
    ["a header that is longer than its frame", Uint8Array.from([0, 0, 0, 5, 0, 0, 0, 9, 1])],
    ["no JSON", text("{nothing")],
    ["no object", text("[1,2]")],
    ["null", text("null")],
    ["a type that nobody has", text('{"t":"__proto__"}')],
    ["a host's message", text('{"t":"deactivate"}')],
    ["a field that its message does not have", text('{"t":"pong","n":1,"m":2}')],
    ["a number that is none", text('{"t":"end","id":"1"}')],
    [
      "JSON that is nested too deep",
      text(`{"t":"value","id":1,"value":${"[".repeat(50_000)}${"]".repeat(50_000)}}`),
    ],
    [
      "a request of more JSON than it may have",
      text(`{"t":"hostCall","id":1,"method":"x","params":"${"x".repeat(3 * MiB)}"}`),
    ],
  ])("ends it when it is %s", async (_what, bytes) => {
    const { connection, peer, heard, ended } = open();
    peer.write(bytes);
    peer.say({ t: "pong", n: 1 });
    await ended;
    expect(connection.fault?.code).toBe("protocol_violation");
    expect(heard).toEqual([]);
  });

  test("ends it when there is more in a second than the host accepts", async () => {
    // A machine that is too slow to read as much in a second would not see it.
    vi.useFakeTimers({ toFake: ["performance"] });
    const { connection, peer, heard, ended } = open();
    const one = encodeFrame({ t: "hostCancel", id: 1 });
    const many = new Uint8Array(one.length * FRAMES_AT_ONCE);
    for (let at = 0; at < many.length; at += one.length) many.set(one, at);
    for (let sent = 0; sent <= MAX_GUEST_FRAMES_PER_SECOND; sent += FRAMES_AT_ONCE) peer.write(many);
    // Frames are counted when the bytes after them come.
    peer.write(many);
    await ended;
    expect(connection.fault?.code).toBe("plugin_flooding");
    expect(heard.length).toBeLessThanOrEqual(MAX_GUEST_FRAMES_PER_SECOND + FRAMES_AT_ONCE);
  });

  test("takes as many values of streams in a second as are read", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { connection, peer, heard } = open();
    const one = encodeFrame({ t: "chunk", id: 1, value: 1 });
    const many = new Uint8Array(one.length * FRAMES_AT_ONCE);
    for (let at = 0; at < many.length; at += one.length) many.set(one, at);
    let sent = 0;
    for (; sent <= MAX_GUEST_FRAMES_PER_SECOND; sent += FRAMES_AT_ONCE) peer.write(many);
    await expect.poll(() => heard.length).toBe(sent);
    peer.say({ t: "pong", n: 1 });
    await expect.poll(() => heard.length).toBe(sent + 1);
    expect(connection.fault).toBeUndefined();
  });

  test("is a fault of the host's own when the host fails at it", async () => {
    const failure = new Error("at once");
    const { connection, peer, faults, ended } = open(() => {
      throw failure;
    });
    peer.say({ t: "pong", n: 1 });
    await ended;
    expect(faults).toEqual([failure]);
    expect(connection.fault?.code).toBe("internal");
  });

  test("keeps the first reason for its end", async () => {
    const { connection, peer, ended } = open();
    connection.breakOff(new PatchbayError("unavailable", "Stopped."));
    peer.write(Buffer.from("garbage, garbage"));
    await ended;
    connection.breakOff(new PatchbayError("internal", "Later."));
    expect(connection.fault?.code).toBe("unavailable");
  });
});
