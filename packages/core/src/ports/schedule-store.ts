import type { MissedTicks, Timing } from "@patchbay/protocol";
import type { Actor } from "./audit-store.ts";
import type { Page } from "./catalog-store.ts";

export interface ScheduleKey {
  readonly installationId: string;
  /** Of the contribution. */
  readonly name: string;
}

/** One schedule of an installation, and when it runs next. */
export interface ScheduleState extends ScheduleKey {
  readonly timing: Timing;
  readonly missed: MissedTicks;
  /** null: it is not in force, since its plugin is not. */
  readonly nextAt: Date | null;
  /** Who paused it, and when; null for one that goes on. */
  readonly paused: { readonly by: Actor; readonly at: string } | null;
}

/** One that is due, with whose it is. */
export interface DueSchedule extends ScheduleState {
  readonly nextAt: Date;
  readonly organizationId: string;
  readonly pluginId: string;
}

export const RUN_STATES = ["queued", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface ScheduleRun extends ScheduleKey {
  /** Also the run's idempotency key. */
  readonly id: string;
  readonly trigger: "tick" | "hand";
  /** Who asked for it by hand. */
  readonly requestedBy: Actor | null;
  /** The tick, or when it was asked for. */
  readonly scheduledAt: Date;
  readonly state: RunState;
  /** How many ticks it stands for. */
  readonly ticks: number;
  /** How often it was begun. */
  readonly attempt: number;
  /** The node that began it last. */
  readonly nodeId: string | null;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Of the error that it ended with. */
  readonly code: string | null;
  readonly message: string | null;
}

export type NewRun = Pick<
  ScheduleRun,
  "id" | "installationId" | "name" | "trigger" | "requestedBy" | "scheduledAt" | "ticks"
>;

export interface RunOutcome {
  readonly state: "succeeded" | "failed" | "skipped" | "cancelled";
  readonly at: Date;
  readonly code: string | null;
  readonly message: string | null;
}

/** A run that was begun, with whose it is. */
export interface BegunRun extends ScheduleRun {
  readonly organizationId: string;
  readonly pluginId: string;
}

/** Schedules of installations and their runs. No schedule ever has two runs that are queued or running. */
export interface ScheduleStore {
  list(installationId: string): Promise<ScheduleState[]>;
  /** Makes these the schedules of an installation. Pauses stay, and so does `nextAt` of one whose timing is as before and that has one. */
  replace(installationId: string, states: readonly Omit<ScheduleState, "paused">[]): Promise<void>;
  /**
   * Those that are due, without those that are paused or have a run under way, and without those of installations and organizations that have
   * `atMost` runs under way: first those of organizations that have the fewest, of these the longest due.
   */
  listDue(
    now: Date,
    limit: number,
    atMost: { readonly ofInstallation: number; readonly ofOrganization: number },
  ): Promise<DueSchedule[]>;
  /**
   * When the next one is due that is not paused and has no run under way, or a run that is queued has waited for so long; null when there is
   * neither. `now` is the time of the database, by which all nodes go.
   */
  nextDueAt(leftAfterMs: number): Promise<{ readonly now: Date; readonly next: Date | null }>;
  /**
   * Moves on to `next` and writes down the run of a tick and those that are passed over, all or nothing. false when somebody else was
   * faster, or a run is under way.
   */
  advance(
    due: DueSchedule,
    to: {
      readonly next: Date | null;
      readonly run: NewRun | null;
      readonly skipped: (NewRun & RunOutcome) | null;
    },
  ): Promise<boolean>;
  /** Writes down a run by hand. false when one is under way. */
  addRun(run: NewRun): Promise<boolean>;
  /** Runs that were queued before and that nobody has begun, the longest first. */
  listLeft(queuedBefore: Date, limit: number): Promise<string[]>;
  /** The run is about to be made, once more when an attempt was cut short; null when it has ended or is gone. */
  begin(id: string, nodeId: string, at: Date): Promise<BegunRun | null>;
  /** false when another attempt has begun since, or the run has ended. */
  finish(id: string, attempt: number, outcome: RunOutcome): Promise<boolean>;
  /** The last one of each schedule of the installation, by name. */
  lastRuns(installationId: string): Promise<ReadonlyMap<string, ScheduleRun>>;
  /** Newest first. */
  listRuns(
    key: ScheduleKey,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ScheduleRun>>;
  /** `next` is its next tick when it goes on; one that is not in force has none either way. */
  setPaused(key: ScheduleKey, paused: ScheduleState["paused"], next: Date | null): Promise<void>;
  /** Ends the run that is queued or running; null when none is. Answers with its id. */
  cancelOpen(key: ScheduleKey, outcome: RunOutcome): Promise<string | null>;
  /** Ends the runs that were begun last before a time and have not ended. Answers with their ids. */
  endLost(begunBefore: Date, outcome: RunOutcome): Promise<string[]>;
  /** Keeps the newest `keepRuns` of each schedule that have ended, and none that ended before `before`. */
  trim(keepRuns: number, before: Date): Promise<void>;
}
