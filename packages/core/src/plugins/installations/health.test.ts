import type { InstallationState } from "@patchbay/protocol";
import { expect, it } from "vitest";
import type { Installation } from "../../ports/installation-store.ts";
import { CallMetrics } from "../metrics/call-metrics.ts";
import { healthOf } from "./health.ts";

const installed = (state: InstallationState, wasEnabled = false): Installation =>
  ({ id: "i", state, transition: state === "updating" ? { wasEnabled } : null }) as unknown as Installation;
const state = (installation: Installation, calls = 0, errors = 0) =>
  healthOf(installation, { calls, errors }).state;

it("of an installation follows from its state and, while it runs, from the share of calls that failed", () => {
  expect(state(installed("disabled"), 5, 5)).toBe("off");
  expect(state(installed("enabling"))).toBe("starting");
  expect(state(installed("error"))).toBe("failed");
  expect(state(installed("blocked"))).toBe("failed");
  expect(state(installed("updating"), 5, 5)).toBe("off");
  expect(state(installed("updating", true), 5, 5)).toBe("degraded");
  expect(state(installed("enabled"))).toBe("healthy");
  expect(state(installed("enabled"), 100, 4)).toBe("healthy");
  expect(state(installed("enabled"), 100, 5)).toBe("degraded");
});

it("counts the calls of the last hour and no older ones", () => {
  const metrics = new CallMetrics(new Date(0));
  const at = (minutes: number) => Date.UTC(2026, 0, 1, 12, minutes);
  metrics.record("i", at(0), 5, false);
  metrics.record("i", at(1), 5, true);
  metrics.record("i", at(59), 5, false);
  expect(metrics.lastHour("i", new Date(at(59)))).toEqual({ calls: 3, errors: 1 });
  expect(metrics.lastHour("i", new Date(at(60)))).toEqual({ calls: 2, errors: 1 });
  expect(metrics.of("i", new Date(at(61))).map(({ calls }) => calls)).toEqual([1]);
  expect(metrics.lastHour("i", new Date(at(200)))).toEqual({ calls: 0, errors: 0 });
});
