import { expect, it } from "vitest";
import { ReadThroughCache } from "./read-through-cache.ts";

it("loads once for all who wait, and again after an invalidation", async () => {
  let loads = 0;
  const cache = new ReadThroughCache(async (key) => `${key}${++loads}`);
  expect(await Promise.all([cache.get("a"), cache.get("a")])).toEqual(["a1", "a1"]);
  cache.invalidate("a");
  expect(await cache.get("a")).toBe("a2");
});

it("does not keep a value that was invalidated while it was loading", async () => {
  const gates = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  let loads = 0;
  const cache = new ReadThroughCache(() => gates[loads++]?.promise ?? Promise.resolve("late"));
  const first = cache.get("a");
  cache.invalidate("a");
  gates[0]?.resolve("stale");
  expect(await first).toBe("stale");
  gates[1]?.resolve("fresh");
  expect(await cache.get("a")).toBe("fresh");
});

it("keeps neither absence nor failure", async () => {
  const answers: (string | null | Error)[] = [null, new Error("down"), "there"];
  const cache = new ReadThroughCache<string | null>(async () => {
    const answer = answers.shift() ?? null;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  expect(await cache.get("a")).toBeNull();
  await expect(cache.get("a")).rejects.toThrow("down");
  expect(await cache.get("a")).toBe("there");
});

it("pushes out what was not used for longest", async () => {
  const cache = new ReadThroughCache(async (key) => key, 2);
  await cache.get("a");
  await cache.get("b");
  await cache.get("a");
  await cache.get("c");
  expect([cache.peek("a"), cache.peek("b"), cache.peek("c")]).toEqual(["a", undefined, "c"]);
});

it("holds as much as may weigh together, and nothing that weighs more by itself", async () => {
  const cache = new ReadThroughCache(async (key) => key, 5, { weigh: ({ length }) => length });
  for (const key of ["aa", "bb", "c"]) await cache.get(key);
  expect([cache.peek("aa"), cache.peek("bb"), cache.peek("c")]).toEqual(["aa", "bb", "c"]);
  await cache.get("ddd");
  expect([cache.peek("aa"), cache.peek("bb"), cache.peek("c"), cache.peek("ddd")]).toEqual([
    undefined,
    undefined,
    "c",
    "ddd",
  ]);
  expect(await cache.get("eeeeee")).toBe("eeeeee");
  expect(cache.peek("eeeeee")).toBeUndefined();
  cache.invalidate("ddd");
  await cache.get("ffff");
  expect([cache.peek("c"), cache.peek("ffff")]).toEqual(["c", "ffff"]);
});
