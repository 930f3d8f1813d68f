import { type AddressInfo, connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { FilePiece } from "@patchbay/core";
import type { FileHead } from "@patchbay/protocol";
import Fastify from "fastify";
import { expect, it, vi } from "vitest";
import { UNREAD_TIMEOUT_MS } from "../limits.ts";
import { inJson, sendFiles } from "./call-answer.ts";

const answerOf = (...pointers: string[]) => {
  const heads = pointers.map((pointer): FileHead => ({ pointer, name: "a.txt", type: "text/plain" }));
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    for (const { pointer } of heads) yield { bytes: new TextEncoder().encode(pointer), ends: true };
  };
  return { heads, pieces: pieces() };
};

/** The parts of the form that is sent. */
const partsOf = async (value: unknown, ...pointers: string[]) => {
  const app = Fastify();
  app.get("/", async (request, reply) => sendFiles(request, reply, { value, files: answerOf(...pointers) }));
  const { headers, rawPayload } = await app.inject({ url: "/", headers: { accept: "multipart/form-data" } });
  await app.close();
  const form = await new Response(rawPayload as Uint8Array<ArrayBuffer>, {
    headers: { "content-type": String(headers["content-type"]) },
  }).formData();
  return await Promise.all(
    [...form].map(async ([name, part]) => [name, typeof part === "string" ? part : await part.text()]),
  );
};

it("has no part that is named as the one with the JSON", async () => {
  expect(await partsOf({ output: null, more: [null] }, "/output", "/more/0")).toEqual([
    ["output", '{"output":null,"more":[null]}'],
    ["/output", "/output"],
    ["more/0", "/more/0"],
  ]);
  expect(await partsOf(null, "")).toEqual([
    ["output", "null"],
    ["/", ""],
  ]);
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
/** Without what is only not collected yet, which is much on a busy machine. */
const heldBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

it("gathers any number of small pieces in little more than their bytes", { timeout: 60_000 }, async () => {
  const BYTES = 2_000_000;
  let heap = 0;
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    for (let count = 0; count < BYTES; count += 1) {
      if (count % 500_000 === 0) heap = Math.max(heap, heldBytes());
      yield { bytes: new Uint8Array([count % 7]), ends: count === BYTES - 1 };
    }
    yield { bytes: new Uint8Array([9]), ends: true };
  };
  const heads = ["/one", "/two"].map((pointer): FileHead => ({ pointer, name: "a", type: "text/plain" }));
  const before = heldBytes();
  const value = await inJson({ value: { one: null, two: null }, files: { heads, pieces: pieces() } });
  expect(value).toEqual({
    one: Buffer.from(Uint8Array.from({ length: BYTES }, (_, index) => index % 7)).toString("base64"),
    two: "CQ==",
  });
  // A piece of its own takes more than a hundred bytes.
  expect(heap - before).toBeLessThan(BYTES * 50);
});

it("ends when the client takes nothing of it for long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let isEnded = false;
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    try {
      for (;;) yield { bytes: new Uint8Array(256 * 1024), ends: false };
    } finally {
      isEnded = true;
    }
  };
  const heads: FileHead[] = [{ pointer: "", name: "a", type: "text/plain" }];
  const app = Fastify();
  app.get("/", async (request, reply) =>
    sendFiles(request, reply, { value: null, files: { heads, pieces: pieces() } }),
  );
  await app.listen({ port: 0, host: "127.0.0.1" });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  socket.pause();
  socket.on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nhost: a\r\naccept: application/octet-stream\r\n\r\n");
  await expect
    .poll(async () => {
      await vi.advanceTimersByTimeAsync(UNREAD_TIMEOUT_MS / 4);
      return isEnded;
    })
    .toBe(true);
  vi.useRealTimers();
  socket.destroy();
  await app.close();
});
