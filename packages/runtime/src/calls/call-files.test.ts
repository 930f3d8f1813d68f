import type { CallFiles, FilePiece, PluginAnswer } from "@patchbay/core";
import {
  BODY_CHUNK_BYTES,
  type FileHead,
  PatchbayError,
  STREAM_WINDOW_BYTES,
  STREAM_WINDOW_CHUNKS,
} from "@patchbay/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { codeOf } from "../testing/outcomes.ts";
import { openScriptedInstance, type ScriptedInstance } from "../testing/scripted-peer.ts";

const CALL_SECONDS = 10;
const HEAD: FileHead = { pointer: "/file", name: "a.bin", type: "text/plain" };
const NOTHING = new Uint8Array(0);

let scripted: ScriptedInstance;
beforeEach(async () => {
  scripted = await openScriptedInstance({ callSeconds: CALL_SECONDS });
});
afterEach(async () => {
  scripted.instance.kill();
  expect(scripted.faults).toEqual([]);
});

interface Source extends CallFiles {
  readonly taken: FilePiece[];
  readonly isClosed: () => boolean;
}

/** Files that are handed over piece by piece, and what was taken of them. */
const sourceOf = (pieces: readonly FilePiece[], heads: readonly FileHead[] = [HEAD]): Source => {
  const taken: FilePiece[] = [];
  let isClosed = false;
  const read = async function* () {
    try {
      for (const piece of pieces) {
        taken.push(piece);
        yield piece;
      }
    } finally {
      isClosed = true;
    }
  };
  return { heads, pieces: read(), taken, isClosed: () => isClosed };
};

const piece = (size: number, ends = false): FilePiece => ({ bytes: new Uint8Array(size).fill(7), ends });

const call = (files?: CallFiles, signal?: AbortSignal): Promise<PluginAnswer> =>
  scripted.instance.call(
    { kind: "tools", name: "go", input: {}, ...(files && { files }), ...(signal && { signal }) },
    performance.now() + CALL_SECONDS * 1_000,
  );
const heardCall = async () => (await scripted.peer.hear("call")).message;

describe("files beside a call", () => {
  test("are said with the call, and follow in pieces with a mark at each end", async () => {
    const heads = [HEAD, { ...HEAD, pointer: "/other", size: 3 }];
    const answer = call(
      sourceOf([piece(BODY_CHUNK_BYTES + 1), piece(0, true), piece(3), piece(0, true)], heads),
    );
    const { id, files } = await heardCall();
    expect(files).toEqual(heads);
    const heard: [number, boolean][] = [];
    while (heard.filter(([, ends]) => ends).length < 2) {
      const { message, attachment } = await scripted.peer.hear("body");
      expect(message.id).toBe(id);
      heard.push([attachment.length, message.ends === true]);
    }
    expect(heard).toEqual([
      [BODY_CHUNK_BYTES, false],
      [1, false],
      [0, true],
      [3, false],
      [0, true],
    ]);
    scripted.peer.say({ t: "value", id, value: 1 });
    expect(await answer).toEqual({ kind: "value", value: 1 });
  });

  test("wait for a guest that does not read, and are given up when it answers", async () => {
    const source = sourceOf(Array.from({ length: 3 * STREAM_WINDOW_CHUNKS }, () => piece(10)));
    const answer = call(source);
    const { id } = await heardCall();
    await expect.poll(() => scripted.peer.count("body")).toBe(STREAM_WINDOW_CHUNKS);
    expect(source.taken.length).toBe(STREAM_WINDOW_CHUNKS + 1);
    scripted.peer.say({ t: "bodyCredit", id, chunks: 4 });
    await expect.poll(() => scripted.peer.count("body")).toBe(STREAM_WINDOW_CHUNKS + 4);
    scripted.peer.say({ t: "value", id, value: "enough" });
    expect(await answer).toEqual({ kind: "value", value: "enough" });
    await expect.poll(() => source.isClosed()).toBe(true);
  });

  test("never run ahead by more than at the beginning, however much credit the guest claims", async () => {
    const source = sourceOf(Array.from({ length: 5 * STREAM_WINDOW_CHUNKS }, () => piece(1)));
    void codeOf(call(source));
    const { id } = await heardCall();
    await expect.poll(() => scripted.peer.count("body")).toBe(STREAM_WINDOW_CHUNKS);
    scripted.peer.say({ t: "bodyCredit", id, chunks: 1_000_000 });
    await expect.poll(() => scripted.peer.count("body")).toBe(2 * STREAM_WINDOW_CHUNKS);
  });

  test("end the call with the error that reading them throws, and tell the guest", async () => {
    const pieces = (async function* () {
      yield piece(1);
      throw new PatchbayError("payload_too_large", "Too large.");
    })();
    const outcome = codeOf(call({ heads: [HEAD], pieces }));
    const { id } = await heardCall();
    expect(await outcome).toBe("payload_too_large");
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
  });

  test("are read no further when the caller goes away, and when the guest ends in the middle", async () => {
    const abort = new AbortController();
    const first = sourceOf(Array.from({ length: 100 }, () => piece(1)));
    const aborted = codeOf(call(first, abort.signal));
    await heardCall();
    abort.abort();
    expect(await aborted).toBe("cancelled");
    await expect.poll(() => first.isClosed()).toBe(true);
    const second = sourceOf(Array.from({ length: 100 }, () => piece(1)));
    const crashed = codeOf(call(second));
    await heardCall();
    scripted.peer.end();
    expect(await crashed).toBe("plugin_crashed");
    await expect.poll(() => second.isClosed()).toBe(true);
  });

  test("stop the time while the caller hands nothing over, and not while the guest has all", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const slow = Promise.withResolvers<void>();
      const pieces = (async function* () {
        yield piece(1);
        await slow.promise;
        yield piece(0, true);
      })();
      const outcome = codeOf(call({ heads: [HEAD], pieces }));
      const { id } = await heardCall();
      await scripted.peer.hear("body");
      await vi.advanceTimersByTimeAsync(3 * CALL_SECONDS * 1_000);
      expect(scripted.peer.count("cancel")).toBe(0);
      slow.resolve();
      expect((await scripted.peer.hear("body")).message.ends).toBe(true);
      await vi.advanceTimersByTimeAsync(CALL_SECONDS * 1_000);
      expect(await outcome).toBe("deadline_exceeded");
      scripted.peer.say({ t: "error", id, error: { code: "cancelled", message: "" } });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("files beside an answer", () => {
  const answerWith = async (heads: readonly FileHead[]) => {
    const answer = call();
    const { id } = await heardCall();
    scripted.peer.say({ t: "value", id, value: { file: null }, files: [...heads] });
    const opened = await answer;
    if (opened.kind !== "files") throw new Error("The answer has no files.");
    return { id, ...opened };
  };
  const sayPiece = (id: number, bytes: Uint8Array, ends = false) =>
    scripted.peer.say({ t: "chunk", id, ...(ends && { ends: true as const }) }, bytes);
  const read = async ({ pieces }: CallFiles): Promise<[number, boolean][]> => {
    const found: [number, boolean][] = [];
    for await (const { bytes, ends } of pieces) found.push([bytes.length, ends]);
    return found;
  };

  test("come in their order, with names and types that are safe to hand on", async () => {
    const { id, value, files } = await answerWith([
      { pointer: "/file", name: "../a\u0000\u202eb\r\n.html", type: "text/html\r\nx: y" },
    ]);
    expect(value).toEqual({ file: null });
    expect(files.heads).toEqual([{ pointer: "/file", name: "ab.html", type: "application/octet-stream" }]);
    sayPiece(id, new Uint8Array(5));
    sayPiece(id, NOTHING, true);
    scripted.peer.say({ t: "end", id });
    expect(await read(files)).toEqual([
      [5, false],
      [0, true],
    ]);
    expect(scripted.instance.isIdle).toBe(true);
  });

  test("stop the guest when nobody reads them", async () => {
    const { id, files } = await answerWith([HEAD]);
    for (let sent = 0; sent < STREAM_WINDOW_BYTES; sent += BODY_CHUNK_BYTES)
      sayPiece(id, new Uint8Array(BODY_CHUNK_BYTES - 100));
    await expect.poll(() => scripted.peer.count("credit")).toBe(0);
    for await (const _ of files.pieces) break;
    expect((await scripted.peer.hear("cancel")).message.id).toBe(id);
  });

  const sized = { ...HEAD, size: 4 };
  const lies: Readonly<Record<string, (id: number) => void>> = {
    "fewer files than were said": (id) => scripted.peer.say({ t: "end", id }),
    "more files than were said": (id) => {
      sayPiece(id, new Uint8Array(4), true);
      sayPiece(id, new Uint8Array(1));
    },
    "more bytes than were said": (id) => sayPiece(id, new Uint8Array(5)),
    "fewer bytes than were said": (id) => sayPiece(id, new Uint8Array(3), true),
    "a piece of nothing that ends nothing": (id) => sayPiece(id, NOTHING),
    "a piece that is too large": (id) => sayPiece(id, new Uint8Array(BODY_CHUNK_BYTES + 1)),
    "its last word twice": (id) => {
      sayPiece(id, new Uint8Array(4), true);
      scripted.peer.say({ t: "end", id });
      scripted.peer.say({ t: "end", id });
    },
    "files once more": (id) => scripted.peer.say({ t: "value", id, files: [HEAD] }),
  };
  test.each(Object.keys(lies))("end a guest that sends %s", async (lie) => {
    const { id, files } = await answerWith([sized]);
    const outcome = read(files).then(
      () => "read",
      (error: PatchbayError) => error.code,
    );
    lies[lie]?.(id);
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
    expect(await outcome).toBe(lie === "its last word twice" ? "read" : "protocol_violation");
  });

  test("end a guest that sends more than it has credit for", async () => {
    const { id } = await answerWith([HEAD]);
    for (let sent = 0; sent <= STREAM_WINDOW_BYTES + BODY_CHUNK_BYTES; sent += BODY_CHUNK_BYTES)
      sayPiece(id, new Uint8Array(BODY_CHUNK_BYTES));
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
  });

  test.each([
    ["no files", []],
    ["too many", Array.from({ length: 101 }, () => HEAD)],
    ["one with a name that is too long", [{ ...HEAD, name: "a".repeat(256) }]],
    ["one with more than is known", [{ ...HEAD, extra: 1 }]],
  ])("are refused when they are %s", async (_, files) => {
    const outcome = codeOf(call());
    const { id } = await heardCall();
    scripted.peer.say({ t: "value", id, files: files as FileHead[] });
    expect((await scripted.instance.ended).code).toBe("protocol_violation");
    expect(await outcome).toBe("protocol_violation");
  });
});
