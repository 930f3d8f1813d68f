import { expect, it } from "vitest";
import type { InstanceReport } from "../../ports/plugin-runtime.ts";
import type { World } from "../../world.ts";
import { CallMetrics } from "./call-metrics.ts";
import { ResourceSampler } from "./resource-sampler.ts";

const MiB = 1024 * 1024;
const START = Date.UTC(2026, 0, 1, 12);

it("adds up what all instances of an installation use, minute by minute", () => {
  let now = new Date(START);
  let running: InstanceReport[] = [];
  const metrics = new CallMetrics(new Date(START));
  const sampler = new ResourceSampler({ instances: () => running }, metrics, { now: () => now } as World);
  const at = (seconds: number, ...usage: [pid: number, cpuMs: number, mib: number][]) => {
    now = new Date(START + seconds * 1000);
    running = usage.map(([pid, cpuMs, mib]) => ({
      ...({ installationId: "i", startedAt: "s" } as InstanceReport),
      pid,
      cpuMs,
      residentBytes: mib * MiB,
    }));
    sampler.sample();
  };
  at(0, [1, 100, 50]);
  at(10, [1, 350, 60], [2, 40, 30]);
  at(10.1, [1, 999, 999]);
  at(20, [2, 50, 30]);
  at(70, [2, 60, 40]);
  metrics.record("i", START + 70_000, 5, true);
  expect(metrics.of("i", now)).toEqual([
    {
      at: "2026-01-01T12:00:00.000Z",
      calls: 0,
      errors: 0,
      p50Ms: 0,
      p95Ms: 0,
      cpuMs: 100 + 250 + 40 + 10,
      residentBytes: 90 * MiB,
    },
    expect.objectContaining({ calls: 1, errors: 1, cpuMs: 10, residentBytes: 40 * MiB }),
  ]);
  const hour = metrics.total("i", now);
  expect(hour).toMatchObject({ calls: 1, errors: 1, cpuMs: 410, residentBytes: 90 * MiB });
  expect(hour.p50Ms).toBeGreaterThan(4);
  expect(hour.p95Ms).toBeLessThan(7);
});

it("counts a call in the minute in which it began, however long it took", () => {
  const metrics = new CallMetrics(new Date(START));
  const minute = (at: number) => START + at * 60_000;
  metrics.record("i", minute(8), 5, false);
  metrics.record("i", minute(9), 5, false);
  metrics.record("i", minute(8), 30_000, true);
  metrics.addUsage("i", minute(9), { cpuMs: 3, residentBytes: MiB });
  const minutes = metrics.of("i", new Date(minute(9)));
  expect(minutes.map(({ at, calls, errors }) => [at.slice(11, 16), calls, errors])).toEqual([
    ["12:08", 2, 1],
    ["12:09", 1, 0],
  ]);
  metrics.record("i", minute(-60), 5, false);
  expect(metrics.of("i", new Date(minute(9)))).toHaveLength(2);
});

it("says since when it counts while that is less than an hour", () => {
  const metrics = new CallMetrics(new Date(START));
  expect(metrics.countsSince(new Date(START + 60_000))).toEqual(new Date(START));
  expect(metrics.countsSince(new Date(START + 3_600_000))).toBeNull();
});
