import { expect, it } from "vitest";
import { StrangersLimit } from "./rate-limit.ts";

it("lets a network ask so often at once, then so often a second, and counts each network for itself", () => {
  let now = 0;
  const limit = new StrangersLimit(10, () => now);
  expect(limit.burst).toBe(300);
  for (let count = 299; count >= 0; count -= 1)
    expect(limit.take("203.0.113.1")).toMatchObject({ isAllowed: true, left: count });
  expect(limit.take("203.0.113.1")).toMatchObject({ isAllowed: false, left: 0 });
  expect(limit.take("203.0.113.2").isAllowed).toBe(true);
  now = 1_000;
  for (let count = 0; count < 10; count += 1) expect(limit.take("203.0.113.1").isAllowed).toBe(true);
  expect(limit.take("203.0.113.1").isAllowed).toBe(false);
  now = 0; // a clock that was set back takes nothing away
  expect(limit.take("203.0.113.3").left).toBe(299);
});
