import { describe, expect, it } from "vitest";
import { hourOf, MINUTES, slowest, sumOf, total } from "./hour.ts";

const NOW = Date.parse("2026-05-04T10:30:20Z");
const minute = (at: string, calls: number, errors = 0, p95Ms = 1) => ({
  at,
  calls,
  errors,
  p50Ms: 0.5,
  p95Ms,
});
const plugin = (name: string, ...minutes: ReturnType<typeof minute>[]) => ({
  plugin: name,
  name,
  state: "enabled",
  minutes,
});

describe("an hour of metrics", () => {
  it("has every minute up to now, quiet ones too", () => {
    const hour = hourOf([minute("2026-05-04T10:30:00.000Z", 3), minute("2026-05-04T09:31:00.000Z", 2)], NOW);
    expect(hour).toHaveLength(MINUTES);
    expect([hour[0]?.calls, hour[1]?.calls, hour.at(-1)?.calls]).toEqual([2, 0, 3]);
    expect(hour.at(-2)).toMatchObject({ at: "2026-05-04T10:29:00.000Z", calls: 0 });
  });

  it("leaves out what is older", () => {
    expect(total(hourOf([minute("2026-05-04T09:30:00.000Z", 9)], NOW), "calls")).toBe(0);
  });

  it("adds plugins up, with the slowest answer of each minute", () => {
    const hour = sumOf(
      [
        plugin("a", minute("2026-05-04T10:30:00.000Z", 3, 1, 20)),
        plugin("b", minute("2026-05-04T10:30:00.000Z", 4, 2, 5)),
      ],
      NOW,
    );
    expect(hour.at(-1)).toMatchObject({ calls: 7, errors: 3, p95Ms: 20 });
    expect([total(hour, "calls"), total(hour, "errors"), slowest(hour)]).toEqual([7, 3, 20]);
  });
});
