import { beforeEach, describe, expect, it } from "vitest";
import { Breakers } from "./breakers.ts";
import { BREAKER_LONGEST_REST_MS, BREAKER_REST_MS, BREAKER_WINDOW_MS } from "./limits.ts";

let now: number;
let breakers: Breakers;

beforeEach(() => {
  now = 1_000;
  breakers = new Breakers(() => now);
});

const ends = (...outcomes: boolean[]): void => {
  for (const isGood of outcomes) breakers.watch("m").end(isGood);
};
const FIVE = [false, false, false, false, false];

describe("a model is left out", () => {
  it("once five of its answers failed, and nothing else is", () => {
    ends(...FIVE.slice(1));
    expect(breakers.restOf("m")).toBe(0);
    ends(false);
    expect(breakers.restOf("m")).toBe(BREAKER_REST_MS);
    expect(breakers.restOf("other")).toBe(0);
  });

  it("when half of its answers fail, and not while most are good", () => {
    ends(true, false, true, false, true, false, true, false, true);
    expect(breakers.restOf("m")).toBe(0);
    ends(false);
    expect(breakers.restOf("m")).toBe(BREAKER_REST_MS);
    const well = new Breakers(() => now);
    for (let index = 0; index < 30; index++) well.watch("m").end(index % 3 !== 0);
    expect(well.restOf("m")).toBe(0);
  });

  it("for what failed lately, not for what failed long ago", () => {
    ends(...FIVE.slice(1));
    now += BREAKER_WINDOW_MS;
    ends(false);
    expect(breakers.restOf("m")).toBe(0);
  });
});

describe("a model that was left out", () => {
  beforeEach(() => {
    ends(...FIVE);
    now += BREAKER_REST_MS;
  });

  it("is asked by one request, and by all once that was answered", () => {
    expect(breakers.restOf("m")).toBe(0);
    const probe = breakers.watch("m");
    expect(breakers.restOf("m")).toBeGreaterThan(0);
    probe.end(true);
    expect(breakers.restOf("m")).toBe(0);
    ends(...FIVE.slice(1));
    expect(breakers.restOf("m")).toBe(0);
  });

  it("rests twice as long each time that request fails, up to the most", () => {
    for (let rest = BREAKER_REST_MS * 2; rest < BREAKER_LONGEST_REST_MS * 3; rest *= 2) {
      breakers.watch("m").end(false);
      const expected = Math.min(rest, BREAKER_LONGEST_REST_MS);
      expect(breakers.restOf("m")).toBe(expected);
      now += expected;
    }
  });

  it("is asked by the next one where the request says nothing of it", () => {
    breakers.watch("m").leave();
    expect(breakers.restOf("m")).toBe(0);
  });

  it("takes no notice of requests that were under way before", () => {
    now = 1_000;
    breakers = new Breakers(() => now);
    const before = breakers.watch("m");
    ends(...FIVE);
    before.end(true);
    expect(breakers.restOf("m")).toBe(BREAKER_REST_MS);
  });
});

it("hears of the end of a request once", () => {
  for (let index = 0; index < 4; index++) {
    const watched = breakers.watch("m");
    watched.end(false);
    watched.end(false);
    watched.leave();
  }
  expect(breakers.restOf("m")).toBe(0);
});

it("lets another request be the probe when the first has no end", () => {
  ends(...FIVE);
  now += BREAKER_REST_MS;
  const slow = breakers.watch("m");
  expect(breakers.restOf("m")).toBeGreaterThan(0);
  now += BREAKER_LONGEST_REST_MS;
  expect(breakers.restOf("m")).toBe(0);
  const next = breakers.watch("m");
  expect(breakers.restOf("m")).toBeGreaterThan(0);
  slow.leave();
  expect(breakers.restOf("m")).toBeGreaterThan(0);
  next.end(true);
  expect(breakers.restOf("m")).toBe(0);
});
