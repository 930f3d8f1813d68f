import { PatchbayError } from "@patchbay/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { DurableHandler, DurableWork } from "../../ports/durable-work.ts";
import type { PluginAnswer } from "../../ports/plugin-runtime.ts";
import type { BegunRun, RunOutcome, ScheduleStore } from "../../ports/schedule-store.ts";
import type { World } from "../../world.ts";
import type { AdmittedForNobody } from "../invocation/invocation-gateway.ts";
import { Scheduler } from "./scheduler.ts";

const NOW = new Date("2026-01-01T06:00:00Z");
const RUN: BegunRun = {
  id: "run",
  installationId: "installation",
  organizationId: "organization",
  pluginId: "acme.clock",
  name: "daily",
  trigger: "tick",
  requestedBy: null,
  scheduledAt: NOW,
  state: "running",
  ticks: 1,
  attempt: 1,
  nodeId: "node",
  queuedAt: NOW,
  startedAt: NOW,
  endedAt: null,
  code: null,
  message: null,
};

let outcomes: RunOutcome[];
beforeEach(() => {
  outcomes = [];
});

/** Makes one run, which is admitted and called as told. */
const makeRun = async (gateway: {
  readonly admit?: () => Promise<never>;
  readonly call?: () => Promise<PluginAnswer>;
}): Promise<void> => {
  let handler: DurableHandler | undefined;
  const store = {
    begin: async () => RUN,
    finish: async (_id: string, _attempt: number, outcome: RunOutcome) => {
      outcomes.push(outcome);
      return true;
    },
  } as unknown as ScheduleStore;
  const durable = {
    handle: (_kind: string, given: DurableHandler) => {
      handler = given;
    },
  } as unknown as DurableWork;
  const world = { now: () => NOW, nodeId: "node", log: { error: () => undefined } } as unknown as World;
  new Scheduler(
    {
      store,
      durable,
      gateway: {
        admitForNobody: gateway.admit ?? (async () => ({}) as AdmittedForNobody),
        callForNobody: gateway.call ?? (async () => ({ kind: "value", value: null })),
      },
      world,
    },
    () => undefined,
  );
  const step = async <T>(_name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    await work(new AbortController().signal);
  await handler?.(null, { id: RUN.id, step });
};
const refusing =
  (code: "permission_denied" | "plugin_disabled" | "unavailable") => async (): Promise<never> => {
    throw new PatchbayError(code, "No.");
  };

describe("a run of a schedule", () => {
  it("is left out when the plugin may not serve now, and has failed for whatever it is refused itself", async () => {
    await makeRun({ admit: refusing("plugin_disabled") });
    await makeRun({ admit: refusing("unavailable") });
    await makeRun({ call: refusing("permission_denied") });
    await makeRun({});
    expect(outcomes.map(({ state, code }) => [state, code])).toEqual([
      ["skipped", "plugin_disabled"],
      ["failed", "unavailable"],
      ["failed", "permission_denied"],
      ["succeeded", null],
    ]);
  });

  it("has failed when it answers with a stream or with files, which are ended and not left to go on", async () => {
    const ended: string[] = [];
    const endless = async function* <T>(kind: string, one: T): AsyncGenerator<T> {
      try {
        for (;;) yield one;
      } finally {
        ended.push(kind);
      }
    };
    await makeRun({ call: async () => ({ kind: "stream", values: endless("stream", 1) }) });
    const pieces = endless("files", { bytes: new Uint8Array(1), ends: false });
    await makeRun({ call: async () => ({ kind: "files", value: null, files: { heads: [], pieces } }) });
    expect(outcomes.map(({ state, code }) => [state, code])).toEqual([
      ["failed", "plugin_error"],
      ["failed", "plugin_error"],
    ]);
    await expect.poll(() => ended).toEqual(["stream", "files"]);
  });
});
