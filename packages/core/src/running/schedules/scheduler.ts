import { PatchbayError } from "@patchbay/protocol";
import type { DurableWork } from "../../ports/durable-work.ts";
import type { PluginAnswer } from "../../ports/plugin-runtime.ts";
import type { BegunRun, DueSchedule, NewRun, RunOutcome, ScheduleStore } from "../../ports/schedule-store.ts";
import type { World } from "../../world.ts";
import { discardFiles } from "../invocation/bounded-files.ts";
import type { InvocationGateway } from "../invocation/invocation-gateway.ts";
import {
  BUSY_PAUSE_MS,
  LEFT_AFTER_MS,
  LONGEST_PAUSE_MS,
  LOST_AFTER_MS,
  MAX_MESSAGE_LENGTH,
  MAX_OPEN_OF_INSTALLATION,
  MAX_OPEN_OF_ORGANIZATION,
  MAX_RUN_MS,
  MAX_RUNS_AT_ONCE,
  MAX_TAKEN_AT_ONCE,
  PUT_OFF_MS,
  RETRY_MS,
  SPREAD_MS,
} from "./limits.ts";
import { type DuePlan, planDue } from "./plan-due.ts";

const KIND = "schedule";
/** A run that came to an end here. */
export interface FinishedRun {
  readonly pluginId: string;
  readonly outcome: RunOutcome["state"];
  /** From its tick to its beginning. */
  readonly latenessMs: number;
}

/**
 * Runs schedules when they are due. A tick is one node's by moving the schedule on, which is one statement with the line that queues its run; the run is
 * durable work under the tick's own name, so that it is made once and gone on with when its node dies.
 */
export class Scheduler {
  readonly #store: ScheduleStore;
  readonly #durable: DurableWork;
  readonly #gateway: Pick<InvocationGateway, "admitForNobody" | "callForNobody">;
  readonly #world: World;
  readonly #finished: (run: FinishedRun) => void;
  readonly #starting = new Set<string>();
  readonly #running = new Set<string>();
  #pausedUntilMs = 0;

  constructor(
    parts: {
      readonly store: ScheduleStore;
      readonly durable: DurableWork;
      readonly gateway: Pick<InvocationGateway, "admitForNobody" | "callForNobody">;
      readonly world: World;
    },
    finished: (run: FinishedRun) => void,
  ) {
    this.#store = parts.store;
    this.#durable = parts.durable;
    this.#gateway = parts.gateway;
    this.#world = parts.world;
    this.#finished = finished;
    this.#durable.handle(KIND, async (_input, run) => {
      await run.step("run", (signal) => this.#run(run.id, signal));
    });
  }

  /** Something about schedules has changed: the next look asks the database. */
  wake(): void {
    this.#pausedUntilMs = 0;
  }

  /** Many times a second: begins what is due, and what another node has queued and not begun. */
  async look(): Promise<void> {
    if (!this.#durable.isLaunched || performance.now() < this.#pausedUntilMs) return;
    const room = MAX_RUNS_AT_ONCE - this.#starting.size - this.#running.size;
    if (room <= 0) return;
    // Whatever wakes it from here on is looked at the next time.
    this.#pausedUntilMs = performance.now() + LONGEST_PAUSE_MS;
    const { now, next } = await this.#store.nextDueAt(LEFT_AFTER_MS);
    if (next === null) return;
    if (next > now) return this.#pauseFor(next.getTime() - now.getTime());
    const due = await this.#store.listDue(now, Math.min(room, MAX_TAKEN_AT_ONCE), {
      ofInstallation: MAX_OPEN_OF_INSTALLATION,
      ofOrganization: MAX_OPEN_OF_ORGANIZATION,
    });
    for (const one of due) await this.#advance(one, now);
    const left = await this.#store.listLeft(new Date(now.getTime() - LEFT_AFTER_MS), room);
    for (const id of left) this.begin(id);
    // With fewer, what is still due waits for the end of a run, which wakes it.
    this.#pauseFor(due.length === MAX_TAKEN_AT_ONCE ? 0 : BUSY_PAUSE_MS);
  }

  /** And a little longer, each time another span, so that no node is always the first. */
  #pauseFor(ms: number): void {
    const spread = Math.random() * SPREAD_MS;
    this.#pausedUntilMs = Math.min(this.#pausedUntilMs, performance.now() + ms + spread);
  }

  /** From time to time: ends runs that nobody can be at any more, so that they do not keep their schedules from running for ever. */
  async endLost(): Promise<void> {
    const at = this.#world.now();
    const message = "It did not come to an end, and nobody is at it any more.";
    const outcome = { state: "failed", at, code: "internal", message } as const;
    const lost = await this.#store.endLost(new Date(at.getTime() - LOST_AFTER_MS), outcome);
    for (const run of lost) this.#world.log.warn({ run }, "a run of a schedule was lost");
  }

  /** Begins a run that was written down. Whoever else does so as well changes nothing. */
  begin(id: string): void {
    if (this.#starting.has(id) || this.#running.has(id)) return;
    this.#starting.add(id);
    this.#durable
      .start(KIND, id, null)
      .catch((error: unknown) =>
        this.#world.log.warn({ err: error, run: id }, "a run could not be begun; it is tried again"),
      )
      .finally(() => this.#starting.delete(id));
  }

  async #advance(due: DueSchedule, now: Date): Promise<void> {
    const plan = this.#planOf(due, now);
    const { installationId, name } = due;
    const runOf = ({ at, ticks }: { at: Date; ticks: number }): NewRun => ({
      id: `schedule:${installationId}:${name}:${at.toISOString()}`,
      installationId,
      name,
      trigger: "tick",
      requestedBy: null,
      scheduledAt: at,
      ticks,
    });
    const run = plan.run && runOf(plan.run);
    const skipped = plan.skipped && {
      ...runOf(plan.skipped),
      state: "skipped" as const,
      at: now,
      code: null,
      message: "Nothing could run at that time.",
    };
    const isOurs = await this.#store.advance(due, { next: plan.next, run, skipped });
    if (isOurs && run !== null) this.begin(run.id);
  }

  /** One that cannot be planned, since its zone is unknown here for instance, keeps none of the others from their times. */
  #planOf(due: DueSchedule, now: Date): DuePlan {
    try {
      return planDue(due, now);
    } catch (error) {
      const { pluginId: plugin, name } = due;
      this.#world.log.error(
        { err: error, plugin, schedule: name },
        "a schedule cannot be planned, and is put off",
      );
      return { run: null, skipped: null, next: new Date(now.getTime() + PUT_OFF_MS) };
    }
  }

  /** The one step of a run. Nothing is done when the run has ended already, by whomever. */
  async #run(id: string, signal: AbortSignal): Promise<void> {
    const begun = await this.#persistently(signal, () =>
      this.#store.begin(id, this.#world.nodeId, this.#world.now()),
    );
    if (begun === null) return;
    this.#running.add(id);
    try {
      const outcome = await this.#call(begun, signal);
      // It is another node's to say how it ends, or somebody has said it.
      if (signal.aborted) return;
      const isOurs = await this.#persistently(signal, () => this.#store.finish(id, begun.attempt, outcome));
      if (isOurs)
        this.#finished({ pluginId: begun.pluginId, outcome: outcome.state, latenessMs: latenessOf(begun) });
    } finally {
      this.#running.delete(id);
      this.wake();
    }
  }

  async #call(run: BegunRun, signal: AbortSignal): Promise<RunOutcome> {
    const ended = (
      state: RunOutcome["state"],
      code: string | null = null,
      message: string | null = null,
    ) => ({
      state,
      at: this.#world.now(),
      code,
      message: message?.slice(0, MAX_MESSAGE_LENGTH) ?? null,
    });
    const limit = AbortSignal.timeout(MAX_RUN_MS);
    const invocation = {
      kind: "schedules",
      surface: "schedule",
      plugin: run.pluginId,
      name: run.name,
      input: { scheduledAt: run.scheduledAt.toISOString(), idempotencyKey: run.id },
      signal: AbortSignal.any([signal, limit]),
    } as const;
    let hasBegun = false;
    try {
      const admitted = await this.#gateway.admitForNobody(run.organizationId, invocation);
      hasBegun = true;
      const answer = await this.#gateway.callForNobody(admitted, invocation);
      if (answer.kind === "value") return ended("succeeded");
      await endAnswer(answer);
      return ended(
        "failed",
        "plugin_error",
        "A schedule answers with nothing; this one answered with a stream.",
      );
    } catch (error) {
      if (!(error instanceof PatchbayError)) {
        this.#world.log.error({ err: error, run: run.id }, "a run of a schedule failed in Patchbay itself");
        return ended("failed", "internal", "Patchbay itself failed; see the server's log.");
      }
      if (limit.aborted) return ended("failed", "deadline_exceeded", "It took too long, and was ended.");
      const { code, message } = error;
      // The plugin was switched off, or over to another version, between the tick and its run.
      const isNotInForce = !hasBegun && code !== "unavailable";
      return ended(isNotInForce ? "skipped" : "failed", code, message);
    }
  }

  /** Goes on trying, while the database is away most of all: what was done must be known to be done. */
  async #persistently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) throw error;
        this.#world.log.warn(
          { err: error },
          "the state of a run could not be written down; it is tried again",
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** What nobody reads would go on beside the next run. */
const endAnswer = async (answer: Exclude<PluginAnswer, { kind: "value" }>): Promise<void> => {
  if (answer.kind === "files") discardFiles(answer.files);
  // One that was not begun could not be ended: it would never hear of it.
  else for await (const _ of answer.values) break;
};

const latenessOf = ({ startedAt, scheduledAt }: BegunRun): number =>
  Math.max((startedAt?.getTime() ?? 0) - scheduledAt.getTime(), 0);
