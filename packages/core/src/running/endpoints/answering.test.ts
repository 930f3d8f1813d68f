import { describe, expect, it } from "vitest";
import type { FilePiece, PluginAnswer } from "../../ports/plugin-runtime.ts";
import { beginning, reported } from "./answering.ts";
import type { RequestRecord } from "./request-record.ts";
import { Work } from "./work.ts";

const ASKED = { url: "https://a.example/e/x/y", base: "https://a.example/e/x", isOpen: true };
const HEAD = { pointer: "", name: "body", type: "application/octet-stream" };

/** An answer with so many bodies, and whether its bytes were given up. */
const answerOf = (bodies: number, value: unknown = { status: 200, headers: [] }) => {
  const told = { hasEnded: false };
  const pieces = async function* (): AsyncGenerator<FilePiece> {
    try {
      yield { bytes: new Uint8Array(3), ends: true };
      yield { bytes: new Uint8Array(3), ends: true };
    } finally {
      told.hasEnded = true;
    }
  };
  const files = { heads: Array.from({ length: bodies }, () => ({ ...HEAD, size: 3 })), pieces: pieces() };
  return { told, answer: { kind: "files", value, files } satisfies PluginAnswer };
};

describe("What comes of a sandbox", () => {
  it("is refused with several bodies, of which the second would be an answer of its own", async () => {
    const { told, answer } = answerOf(2);
    await expect(beginning(answer, "GET", ASKED)).rejects.toMatchObject({ code: "endpoint_failed" });
    await expect.poll(() => told.hasEnded).toBe(true);
  });

  it("is refused as a stream of values, which ends", async () => {
    let hasEnded = false;
    const values = async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        hasEnded = true;
      }
    };
    await expect(beginning({ kind: "stream", values: values() }, "GET", ASKED)).rejects.toMatchObject({
      code: "endpoint_failed",
    });
    await expect.poll(() => hasEnded).toBe(true);
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("leaves its body behind where none may go: %s %i", async (method, status) => {
    const { told, answer } = answerOf(1, { status, headers: [] });
    const { body } = await beginning(answer, method, ASKED);
    expect(body).toBeNull();
    await expect.poll(() => told.hasEnded).toBe(true);
  });
});

it("What ended before its first byte was asked for is told, though nobody ever reads it", () => {
  const work = new Work(AbortSignal.abort(), 60, 0);
  const pieces = (async function* (): AsyncGenerator<FilePiece> {
    yield { bytes: new Uint8Array(3), ends: true };
  })();
  const ended: unknown[] = [];
  reported(pieces, {} as RequestRecord, {
    end: (error) => void ended.push(error?.code),
    requireOpen: async () => undefined,
    work,
  });
  work.clear();
  expect(ended).toEqual(["cancelled"]);
});

it("What takes all the time that a request has before its answer is asked for leaves none for the answer", async () => {
  const work = new Work(new AbortController().signal, 60, 60_000);
  await expect.poll(() => work.reason?.code).toBe("deadline_exceeded");
});
