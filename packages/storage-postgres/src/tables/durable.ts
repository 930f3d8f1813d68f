import type { RunState, ScheduleRun, ScheduleState } from "@patchbay/core";
import type { MissedTicks, Timing } from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface Nodes {
  id: string;
  nodeId: string;
  patchbayVersion: string;
  host: string;
  pid: number;
  startedAt: Generated<Date>;
  seenAt: Generated<Date>;
  leftAt: Date | null;
  deadAt: Date | null;
  takenOverBy: string | null;
  takenOverAt: Date | null;
  settledAt: Date | null;
}

interface Jobs {
  name: string;
  ranAt: Date;
  holder: string | null;
}

interface Schedules {
  installationId: string;
  name: string;
  timing: Json<Timing>;
  missed: MissedTicks;
  nextAt: Date | null;
  paused: JsonOrNull<NonNullable<ScheduleState["paused"]>>;
}

interface ScheduleRuns {
  number: Counter;
  id: string;
  installationId: string;
  name: string;
  trigger: ScheduleRun["trigger"];
  requestedBy: JsonOrNull<NonNullable<ScheduleRun["requestedBy"]>>;
  scheduledAt: ColumnType<Date, Date, never>;
  state: RunState;
  ticks: number;
  attempt: Generated<number>;
  nodeId: string | null;
  queuedAt: CreatedAt;
  startedAt: Date | null;
  endedAt: Date | null;
  code: string | null;
  message: string | null;
}

/** Nodes, and what is done at times of its own. */
export interface DurableTables {
  nodes: Nodes;
  jobs: Jobs;
  schedules: Schedules;
  scheduleRuns: ScheduleRuns;
}
