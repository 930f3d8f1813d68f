import Type from "typebox";
import { expect, it } from "vitest";
import type { PluginAnswer } from "../../ports/plugin-runtime.ts";
import { answerReader } from "./content-answer.ts";

const readNumber = answerReader(Type.Number(), "number");

/** Parts that nobody has begun to read, and whether whoever makes them has heard of their end. */
const parts = () => {
  const told = { hasEnded: false };
  const all = async function* () {
    try {
      yield { bytes: new Uint8Array(1), ends: true };
      yield { bytes: new Uint8Array(1), ends: true };
    } finally {
      told.hasEnded = true;
    }
  };
  return { told, all: all() };
};

it("gives what is of the form", () => {
  expect(readNumber({ kind: "value", value: 7 })).toBe(7);
  expect(() => readNumber({ kind: "value", value: "7" })).toThrow("is no number");
});

it.each<[string, (all: ReturnType<typeof parts>["all"]) => PluginAnswer]>([
  ["stream", (values) => ({ kind: "stream", values })],
  ["files", (pieces) => ({ kind: "files", value: 7, files: { heads: [], pieces } })],
])("ends an answer that is of another kind: %s", async (_, answerOf) => {
  const { told, all } = parts();
  expect(() => readNumber(answerOf(all))).toThrow("is no number");
  await expect.poll(() => told.hasEnded).toBe(true);
});
