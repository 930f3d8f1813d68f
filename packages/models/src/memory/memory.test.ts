import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { type Random, seededRandom } from "../../../../test/support/random.ts";
import { ownName } from "./names.ts";
import { packVector, unpackVector } from "./packed-vectors.ts";
import { SpaceVectors } from "./space-vectors.ts";
import { digestOf, senseOf } from "./texts.ts";
import { VectorCache } from "./vector-cache.ts";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error);
  }
};

const ODD = [
  "me/",
  "ME/x",
  "me/me/x",
  "me//x",
  "me/../x",
  "me/ x",
  "x/me/y",
  "/me/x",
  `me/${"x".repeat(65)}`,
];

describe("names of namespaces", () => {
  it("are the plugin's own in both forms, and nobody's in any other", () => {
    const named = (given: string, person: string | null = null) =>
      ownName({ pluginId: "a.b", person }, given);
    for (const given of ["notes", "plugin:a.b:notes"])
      expect(named(given, "ada")).toEqual({ name: "notes", userId: null });
    for (const given of ["me/notes", "plugin:a.b:me/notes"]) {
      expect(named(given, "ada")).toEqual({ name: "me/notes", userId: "ada" });
      expect(codeOf(() => named(given))).toBe("invalid_input");
    }
    expect(named("me")).toEqual({ name: "me", userId: null });
    for (const foreign of [
      "plugin:a.c:notes",
      "plugin:a.c:me/notes",
      "me/plugin:a.c:notes",
      "plugin:a.b",
      "plugin:a.b2:x",
      "Plugin:a.b:notes",
      "host:x",
      "a:b",
      ":",
    ])
      expect(
        codeOf(() => named(foreign, "ada")),
        foreign,
      ).toBe("permission_denied");
    for (const wrong of ["", "-x", "a b", "plugin:a.b:", "plugin:a.b:x:y", "x".repeat(65), "ö", ...ODD])
      expect(
        codeOf(() => named(wrong, "ada")),
        wrong,
      ).toBe("invalid_input");
  });
});

describe("what texts say", () => {
  it("is the same where white space differs, to be kept once", () => {
    expect(digestOf("Likes  tea\n")).toBe(digestOf("Likes tea"));
    expect(digestOf("likes tea")).not.toBe(digestOf("Likes tea"));
  });

  it("is the same where words differ that say nothing, and never where others do", () => {
    const same = ["The user likes tea", "user likes tea.", "USER   likes: the tea!", "A user, likes (tea)"];
    expect(new Set(same.map(senseOf)).size).toBe(1);
    const others = [
      "User likes no tea",
      "Tea likes user",
      "User liked tea",
      "User likes tea 2",
      "User likes -5 tea",
      "User never likes tea",
    ];
    expect(new Set([...same, ...others].map(senseOf)).size).toBe(1 + others.length);
    expect([senseOf("the …"), senseOf("🙂")]).toEqual([null, null]);
  });
});

const random = (chance: Random, dimensions: number): number[] =>
  Array.from({ length: dimensions }, () => chance.next() - 0.5);
const cosine = (one: readonly number[], other: readonly number[]): number => {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, number, at) => sum + number * (b[at] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
};
const unpacked = (numbers: readonly number[]) => {
  const vector = unpackVector(packVector(numbers));
  if (vector === null) throw new Error("It points nowhere.");
  return vector;
};

describe("packed vectors", () => {
  it("are as near as those that they were made of, to a hundredth, and ranked so", async () => {
    const chance = seededRandom();
    const [query, ...others] = Array.from({ length: 300 }, () => random(chance, 103));
    const vectors = new SpaceVectors();
    for (const [place, numbers] of others.entries()) vectors.set(place + 1, packVector(numbers));
    const near = (await vectors.rank(unpacked(query ?? []))).nearest(20);
    const exact = others
      .map((numbers, place) => ({ place: place + 1, similarity: cosine(query ?? [], numbers) }))
      .toSorted((one, other) => other.similarity - one.similarity);
    expect(near).toHaveLength(20);
    for (const [rank, { place, similarity }] of near.entries()) {
      const own = exact.find((one) => one.place === place)?.similarity ?? 9;
      expect(Math.abs(similarity - own)).toBeLessThan(0.01);
      // Those that are equally near, to a hundredth, may change places.
      expect(own).toBeGreaterThan((exact[rank]?.similarity ?? 9) - 0.02);
    }
  });

  it("point nowhere where there is nothing in them", () => {
    for (const numbers of [[], [0, 0], [1e-12, 0], [Number.NaN, 1], [Number.POSITIVE_INFINITY, 1]])
      expect(unpackVector(packVector(numbers)), String(numbers)).toBeNull();
    expect(unpackVector(new Uint8Array([1, 2, 3]))).toBeNull();
  });
});

describe("the vectors of a namespace", () => {
  it("are those that memories have now, however often they change, also while others search", async () => {
    const vectors = new SpaceVectors();
    const known = new Map<number, number[]>();
    const chance = seededRandom();
    const query = random(chance, 16);
    for (let round = 0; round < 3_000; round += 1) {
      const place = Math.floor(chance.next() * 400) + 1;
      const numbers = chance.next() < 0.3 ? null : random(chance, 16);
      vectors.set(place, numbers && packVector(numbers));
      if (numbers === null) known.delete(place);
      else known.set(place, numbers);
      if (round % 500 !== 0) continue;
      const found = (await vectors.rank(unpacked(query))).nearest(1_000).map(({ place: at }) => at);
      const expected = [...known].filter(([, one]) => cosine(query, one) > 0.02).map(([at]) => at);
      expect(found).toEqual(expect.arrayContaining(expected));
      expect(found.every((at) => known.has(at))).toBe(true);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it("are compared with questions of their own length alone, and tell of others", async () => {
    const vectors = new SpaceVectors();
    vectors.set(1, packVector([1, 0]));
    vectors.set(2, packVector([1, 0, 0]));
    const placesOf = async (query: readonly number[]) =>
      (await vectors.rank(unpacked(query))).nearest(9).map(({ place }) => place);
    expect([await placesOf([1, 0]), await placesOf([1, 0, 0]), await placesOf([1])]).toEqual([[1], [2], []]);
    expect(vectors.hasOthersThan(unpacked([1, 0]))).toBe(true);
    vectors.set(2, packVector([1, 1]));
    expect(vectors.hasOthersThan(unpacked([1, 0]))).toBe(false);
    expect(vectors.hasOthersThan(unpacked([1]))).toBe(true);
    expect(await placesOf([1, 0])).toEqual([1, 2]);
    vectors.set(1, null);
    vectors.set(2, null);
    expect([vectors.hasOthersThan(unpacked([1])), await placesOf([1, 0])]).toEqual([false, []]);
    vectors.set(1, packVector([1, 0, 0]));
    expect([await placesOf([1, 0, 0]), vectors.hasOthersThan(unpacked([1, 0, 0]))]).toEqual([[1], false]);
  });

  it("are held in bounds where a model gives each of them another length", async () => {
    const vectors = new SpaceVectors();
    for (let place = 1; place <= 6_000; place += 1)
      vectors.set(place, packVector(Array(((place * 7) % 3_000) + 1).fill(1)));
    expect(vectors.bytes).toBeLessThan(100 * 1024 * 1024);
    const found = (await vectors.rank(unpacked([1, 1, 1]))).nearest(9);
    expect(found.map(({ place }) => (place * 7) % 3_000)).toEqual([2, 2]);
  });

  it("take little more memory than they have bytes, however many there are and however often they change", async () => {
    const vectors = new SpaceVectors();
    const packed = packVector(random(seededRandom(), 1_024));
    const [count, one] = [20_000, 1_024 + 4 + 8 + 48];
    for (let place = 1; place <= count; place += 1) vectors.set(place, packed);
    expect(vectors.bytes).toBeLessThan(count * one + 4.5 * 1024 * 1024);
    for (let round = 0; round < 2; round += 1)
      for (let place = 1; place <= count; place += 1) vectors.set(place, packed);
    expect(vectors.bytes).toBeLessThan(1.25 * count * one + 4.5 * 1024 * 1024);
    const small = new SpaceVectors();
    small.set(1, packed);
    expect(small.bytes).toBeLessThan(20 * 1024);
    for (let place = 1; place < count; place += 1) vectors.set(place, null);
    expect(vectors.bytes).toBeLessThan(100 * one);
    expect((await vectors.rank(unpackVector(packed) as never)).nearest(3)).toMatchObject([{ place: count }]);
  });

  it("are read anew from where they were read before, page by page, and again after a failure", async () => {
    const asked: (readonly [revision: number, after: number])[] = [];
    let fails = false;
    const row = (place: number) => ({ place, vector: packVector([1, place]) });
    const cache = new VectorCache({
      vectorsSince: async (_space, _model, revision, after) => {
        asked.push([revision, after]);
        if (fails) throw new Error("away");
        if (revision === 0 && after === 0)
          return { revision: 5, changed: [row(1), row(2)], gone: [], isLast: false };
        if (revision === 0) return { revision: 6, changed: [row(3)], gone: [], isLast: true };
        return { revision, changed: [], gone: [1], isLast: true };
      },
    });
    const places = async (model: string) =>
      (await (await cache.current({ id: "s" }, model)).rank(unpacked([1, 1])))
        .nearest(9)
        .map(({ place }) => place)
        .sort();
    expect(await places("m")).toEqual([1, 2, 3]);
    // What has changed while it was read is read once more.
    expect(await places("m")).toEqual([2, 3]);
    expect(asked).toEqual([
      [0, 0],
      [0, 2],
      [5, 0],
    ]);
    fails = true;
    await expect(places("m")).rejects.toThrow("away");
    fails = false;
    expect(await places("m")).toEqual([1, 2, 3]);
    expect(await places("other")).toEqual([1, 2, 3]);
  });

  it("are held up to a bound: one namespace beyond it is searched right, and pushes no other out", async () => {
    const reads: string[] = [];
    const all = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ place: at + 1, vector: packVector([1, at + 1, 0, 0]) }));
    const rows = { small: all(3), large: all(5_000), other: all(2) };
    const cache = new VectorCache(
      {
        vectorsSince: async (id, _model, revision) => {
          reads.push(`${id} ${revision}`);
          const changed = revision === 0 ? rows[id as keyof typeof rows] : [];
          return { revision: 1, changed, gone: [], isLast: true };
        },
      },
      64 * 1024,
    );
    const nearest = async (id: string) =>
      (await (await cache.current({ id }, "m")).rank(unpacked([1, 3, 0, 0]))).nearest(1)[0]?.place;
    for (let round = 0; round < 2; round += 1)
      expect([await nearest("small"), await nearest("large"), await nearest("other")]).toEqual([3, 3, 2]);
    expect(await Promise.all(["large", "large"].map(nearest))).toEqual([3, 3]);
    expect(reads.slice(0, 6)).toEqual(["small 0", "large 0", "other 0", "small 1", "large 0", "other 1"]);
  });
});
