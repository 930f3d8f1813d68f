import { describe, expect, it } from "vitest";
import { minutesOf } from "./minutes.ts";

const total = { calls: 2, errors: 1, p50Ms: 3, p95Ms: 9, cpuMs: 12.4, residentBytes: 10_485_760 };
const NOW = Date.parse("2026-03-01T12:30:20Z");

describe("the last hour in minutes", () => {
  it("has every minute once, up to the present one", () => {
    const minutes = minutesOf({ items: [], total }, NOW);
    expect(minutes).toHaveLength(60);
    expect([minutes[0]?.at, minutes.at(-1)?.at]).toEqual([
      "2026-03-01T11:31:00.000Z",
      "2026-03-01T12:30:00.000Z",
    ]);
  });

  it("shows what was measured, and no duration or memory where there is none", () => {
    const minutes = minutesOf({ items: [{ at: "2026-03-01T12:29:00Z", ...total }], total }, NOW);
    expect(minutes.at(-2)).toMatchObject({ calls: 2, errors: 1, p50Ms: 3, cpuMs: 12, memoryMb: 10 });
    expect(minutes.at(-1)).toMatchObject({ calls: 0, p50Ms: null, p95Ms: null, cpuMs: 0, memoryMb: null });
  });
});
