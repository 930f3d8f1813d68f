import { type EmbeddingsRequest, PluginError } from "@patchbay/sdk";
import { createTestHarness } from "@patchbay/sdk/testing";
import { expect, test } from "vitest";
import { embed } from "./embed.ts";
import plugin from "./plugin.ts";

const MODEL = "word-vectors/english-100d";
const ZEROS = Array.from({ length: 100 }, () => 0);

const vectors = async (...texts: string[]): Promise<number[][]> =>
  (await createTestHarness(plugin).embed(MODEL, texts)).embeddings;
const dot = (one: readonly number[] = [], other: readonly number[] = []): number =>
  one.reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0);
const refusalOf = (request: Partial<EmbeddingsRequest>): unknown => {
  try {
    return embed({ model: "english-100d", inputs: ["harbour"], ...request });
  } catch (error) {
    return error instanceof PluginError ? [error.code, error.message] : error;
  }
};

test("gives each text a vector of length 1, the same each time, in the order of the texts", async () => {
  const { embeddings, usage } = await createTestHarness(plugin).embed(MODEL, ["The old harbour", "A cat"]);
  expect(embeddings.map((one) => one.length)).toEqual([100, 100]);
  for (const one of embeddings) expect(dot(one, one)).toBeCloseTo(1, 4);
  expect(usage).toEqual({ inputTokens: 5, outputTokens: 0 });
  expect(await vectors("A cat", "The old harbour")).toEqual(embeddings.toReversed());
});

test("puts words of one meaning closer together than others", async () => {
  const [car, automobile, kitten] = await vectors("car", "automobile", "kitten");
  expect(dot(car, automobile)).toBeGreaterThan(0.6);
  expect(dot(car, kitten)).toBeLessThan(0.3);
});

test("gives zeros where no word is known: no text, numbers, signs, other scripts", async () => {
  for (const text of [
    "",
    " \n\t",
    "4711 2026-11-30",
    "?! … 🙂",
    "qzxvkj",
    "Привет мир",
    "你好，世界",
    "\ud800",
    "don't",
  ])
    expect((await vectors(text))[0], text).toEqual(ZEROS);
});

test("knows a word in any spelling of letters, accents, short forms and hyphens", async () => {
  const [plain, ...others] = await vectors(
    "the cafe of london",
    "THE Café of London!",
    "the ｃａｆｅ of London’s",
    "(the) cafe-of-london",
    "the qzxvkj cafe of london",
  );
  for (const other of others) expect(dot(plain, other)).toBeGreaterThan(0.999);
  const [whole, parts] = await vectors("well-known", "well known");
  expect(dot(whole, parts)).toBeLessThan(0.999);
});

test("does not care for the order of words, which its description says", async () => {
  const [one, other] = await vectors("man bites dog", "dog bites man");
  expect(dot(one, other)).toBeGreaterThan(0.9999);
});

test("gives finite numbers for texts in other languages", async () => {
  for (const text of [
    "Wie bekomme ich mein Geld zurück?",
    "¿Dónde está la estación de tren?",
    "x".repeat(9_999),
  ])
    for (const number of (await vectors(text))[0] ?? []) expect(number).toBeGreaterThanOrEqual(-1);
});

test("takes long texts up to a bound, and says where it is", async () => {
  const [long, short] = await vectors("quiet harbour ".repeat(17_000), "quiet harbour");
  expect(dot(long, short)).toBeGreaterThan(0.9999);
  expect(refusalOf({ inputs: ["short", "x".repeat(250_001)] })).toEqual([
    "invalid_input",
    expect.stringMatching(/Text 2 has 250001 characters.*passages/),
  ]);
});

test("goes through each letter once, whatever there is around it", async () => {
  for (const piece of ["n", "n'", "don't", "a-", "-a", "'n", "é", "\u0301", "🙂", "İ"])
    expect((await vectors(piece.repeat(Math.floor(250_000 / piece.length))))[0], piece).toHaveLength(100);
});

test("refuses in words what it cannot do: other dimensions, tokens, too many texts", () => {
  expect(refusalOf({ dimensions: 100 })).toMatchObject({ embeddings: [expect.any(Array)] });
  expect(refusalOf({ dimensions: 64 })).toEqual([
    "invalid_input",
    expect.stringMatching(/100 dimensions.*64/),
  ]);
  expect(refusalOf({ inputs: [[1, 2, 3]] })).toEqual(["invalid_input", expect.stringMatching(/Send texts/)]);
  expect(refusalOf({ inputs: Array.from({ length: 2_049 }, () => "a") })).toEqual([
    "invalid_input",
    expect.stringMatching(/2049 texts.*2048/),
  ]);
});
