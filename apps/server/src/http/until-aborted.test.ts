import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PatchbayError } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const VALUES = 100;

/** Many values, then none for ever. */
const many = async function* (seen: WeakRef<object>[]): AsyncGenerator<object> {
  for (let count = 0; count < VALUES; count += 1) {
    const value = { count };
    seen.push(new WeakRef(value));
    yield value;
  }
  await new Promise(() => undefined);
};

it("keeps nothing of the values that were read, however long the stream lasts", async () => {
  const ending = new AbortController();
  const seen: WeakRef<object>[] = [];
  const values = untilAborted(many(seen), ending.signal);
  for (let count = 0; count < VALUES; count += 1) await values.next();
  const next = values.next();
  await expect
    .poll(() => {
      collectGarbage();
      return seen.filter((value) => value.deref() !== undefined).length;
    })
    .toBeLessThan(5);
  ending.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

it("ends with the reason while the next value is waited for, and before the first one", async () => {
  const ending = new AbortController();
  const next = untilAborted(new ReadableStream<object>(), ending.signal).next();
  ending.abort(new PatchbayError("unauthenticated", "The session has ended."));
  await expect(next).rejects.toMatchObject({ code: "unauthenticated" });
  await expect(untilAborted(many([]), ending.signal).next()).rejects.toMatchObject({
    code: "unauthenticated",
  });
});
