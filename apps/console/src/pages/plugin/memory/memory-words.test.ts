import { expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";
import { whyFound } from "./why-found.ts";

const formats = { number: String, percent: (share: number) => `${share} of one` };

it("a hit says by what it was found", () => {
  expect(whyFound({ words: { rank: 3, share: 1 }, meaning: null }, formats).reasons).toEqual(["allWords"]);
  expect(
    whyFound({ words: { rank: 1, share: 2 / 3 }, meaning: { rank: 2, similarity: 0.8149 } }, formats),
  ).toEqual({ reasons: ["someWords", "near"], share: "0.67 of one", rank: "2", similarity: "0.81 of one" });
  expect(whyFound({ words: null, meaning: { rank: 1, similarity: -0.2 } }, formats)).toMatchObject({
    reasons: ["nearest"],
    similarity: "0 of one",
  });
});

it("a step of the history names the fields that it has changed", () => {
  const before = { text: "a", metadata: { n: 1 }, citations: [], expiresAt: null };
  expect(changedFields(before, before)).toEqual([]);
  expect(
    changedFields(before, { ...before, metadata: {}, text: "b", citations: [{ message: "m", quote: "q" }] }),
  ).toEqual(["text", "metadata", "citations"]);
  expect(changedFields(before, { ...before, expiresAt: "2027-01-01T00:00:00.000Z" })).toEqual(["expiresAt"]);
});
