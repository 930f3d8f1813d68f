import type { PluginAnswer } from "@patchbay/core";
import { expect, it } from "vitest";
import { toToolResult } from "./tool-results.ts";

const MIB = 1024 * 1024;
const OPTIONS = { isContent: false, onValue: () => undefined };

/** A value with one file of so many bytes beside it, and whether the file was given up or read. */
const answerOf = (value: unknown, bytes: number) => {
  const told = { hasEnded: false };
  const pieces = async function* () {
    try {
      yield { bytes: new Uint8Array(bytes), ends: true };
    } finally {
      told.hasEnded = true;
    }
  };
  const heads = [{ pointer: "", name: "a.png", type: "image/png" }];
  return {
    told,
    answer: { kind: "files", value, files: { heads, pieces: pieces() } } satisfies PluginAnswer,
  };
};

it("has the files beside the value", async () => {
  const { answer } = answerOf("Here.", 3);
  expect((await toToolResult(answer, OPTIONS)).content).toEqual([
    { type: "text", text: "Here." },
    { type: "image", data: "AAAA", mimeType: "image/png" },
  ]);
});

it.each([
  ["value alone", 9 * MIB, 3],
  ["file alone", 1, 7 * MIB],
  ["both of them", 5 * MIB, 3 * MIB],
])("is refused where it is too large, and ends its files: %s", async (_, length, bytes) => {
  const { told, answer } = answerOf("x".repeat(length), bytes);
  await expect(toToolResult(answer, OPTIONS)).rejects.toMatchObject({ code: "answer_too_large" });
  await expect.poll(() => told.hasEnded).toBe(true);
});
