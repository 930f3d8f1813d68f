import { PatchbayError } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { ModelFailure } from "../model-failure.ts";
import { Breakers } from "./breakers.ts";
import { untilAnswered } from "./until-answered.ts";

it("ends with the code of what is cancelled for a client that leaves while a pause lasts", async () => {
  const stop = new AbortController();
  let asked = 0;
  const limited = new ModelFailure({ code: "rate_limited", message: "Later.", retryAfterSeconds: 4 });
  const ask = async () => {
    asked += 1;
    throw new PatchbayError("rate_limited", "Later.", { cause: limited });
  };
  const watching = { retries: 5, breakers: new Breakers(), key: "m" };
  const answered = untilAnswered(ask, watching, stop.signal).catch((error: unknown) => error);
  await expect.poll(() => asked).toBe(1);
  stop.abort();
  expect(await answered).toMatchObject({ code: "cancelled" });
  expect(asked).toBe(1);
});
