import {
  type Contribution,
  entriesOf,
  type MissedTicks,
  PatchbayError,
  tickAfter,
  ticksAfter,
  timingOf,
} from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { notInstalled, visibleOf } from "../../access/sight.ts";
import type { InstallationContext } from "../../plugins/installations/installation-context.ts";
import type { Actor } from "../../ports/audit-store.ts";
import type { Page } from "../../ports/catalog-store.ts";
import type { DurableWork } from "../../ports/durable-work.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { ScheduleRun, ScheduleState } from "../../ports/schedule-store.ts";
import { TOLD_TICKS } from "./limits.ts";
import type { Scheduler } from "./scheduler.ts";

/** A schedule of an installed plugin, as people see it. */
export interface ScheduleView {
  readonly pluginId: string;
  readonly entry: Contribution<"schedules">;
  readonly missed: MissedTicks;
  /** `off`: its plugin does not serve, or was not granted to run by itself. */
  readonly state: "active" | "paused" | "off";
  readonly paused: ScheduleState["paused"];
  /** The next times, the nearest first; none unless it is active. */
  readonly upcoming: readonly Date[];
  readonly lastRun: ScheduleRun | null;
}

/** What people see of schedules, and do with them. */
export class Schedules {
  readonly #context: InstallationContext;
  readonly #scheduler: Pick<Scheduler, "begin">;
  readonly #durable: Pick<DurableWork, "cancel">;

  constructor(
    context: InstallationContext,
    scheduler: Pick<Scheduler, "begin">,
    durable: Pick<DurableWork, "cancel">,
  ) {
    this.#context = context;
    this.#scheduler = scheduler;
    this.#durable = durable;
  }

  /** Those of all plugins in the caller's sight, or of one. Throws `forbidden`, `organization_not_found`, `plugin_not_installed`. */
  async list(principal: Principal, slug: string, pluginId?: string): Promise<ScheduleView[]> {
    const installations =
      pluginId === undefined
        ? await this.#visible(principal, slug)
        : [await this.#find(principal, slug, pluginId)];
    return (await Promise.all(installations.map((one) => this.#viewsOf(one)))).flat();
  }

  /** Throws besides `schedule_not_found`. Newest first. */
  async runs(
    principal: Principal,
    slug: string,
    pluginId: string,
    name: string,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<ScheduleRun>> {
    const installation = await this.#find(principal, slug, pluginId);
    await this.#entryOf(installation, name);
    return await this.#context.database.schedules.listRuns({ installationId: installation.id, name }, page);
  }

  /** Runs it at once, whether or not it is paused. Throws `schedule_not_found`, `plugin_disabled`, `schedule_running`. */
  async run(principal: Principal, slug: string, pluginId: string, name: string): Promise<ScheduleRun> {
    const { installation, actor } = await this.#findWritable(principal, slug, pluginId);
    await this.#entryOf(installation, name);
    const key = { installationId: installation.id, name };
    const state = await this.#stateOf(installation.id, name);
    if (state === null || state.nextAt === null)
      throw new PatchbayError(
        "plugin_disabled",
        `The schedule "${name}" is not in force: "${pluginId}" has to be enabled and to have the permission schedule.run.`,
      );
    const { database, world } = this.#context;
    const scheduledAt = world.now();
    const id = `schedule:${installation.id}:${name}:by-hand:${world.newId()}`;
    const isQueued = await database.transaction(async (stores) => {
      const run = { id, ...key, trigger: "hand" as const, requestedBy: actor, scheduledAt, ticks: 1 };
      if (!(await stores.schedules.addRun(run))) return false;
      await this.#context.record(stores, installation, {
        actor,
        action: "schedule.run",
        detail: { schedule: name },
      });
      return true;
    });
    if (!isQueued)
      throw new PatchbayError("schedule_running", `A run of "${name}" of "${pluginId}" is under way.`);
    this.#scheduler.begin(id);
    const queued = (await database.schedules.lastRuns(installation.id)).get(name);
    if (queued === undefined) throw notInstalled(pluginId);
    return queued;
  }

  /** Ends the run that is queued or running. Answers whether there was one. */
  async cancel(principal: Principal, slug: string, pluginId: string, name: string): Promise<boolean> {
    const { installation, actor } = await this.#findWritable(principal, slug, pluginId);
    await this.#entryOf(installation, name);
    const { database, world } = this.#context;
    const id = await database.transaction(async (stores) => {
      const cancelled = await stores.schedules.cancelOpen(
        { installationId: installation.id, name },
        { state: "cancelled", at: world.now(), code: "cancelled", message: `${actor.name} ended it.` },
      );
      const detail = { schedule: name };
      if (cancelled !== null)
        await this.#context.record(stores, installation, { actor, action: "schedule.cancelled", detail });
      return cancelled;
    });
    // One that waits to be begun finds that it has ended.
    if (id !== null)
      await this.#durable
        .cancel(id)
        .catch((error: unknown) => world.log.warn({ err: error, run: id }, "a run was not told to end"));
    return id !== null;
  }

  /** Pauses or goes on; nothing of what was due meanwhile is made up for. Throws `schedule_not_found`. */
  async setPaused(
    principal: Principal,
    slug: string,
    pluginId: string,
    name: string,
    isPaused: boolean,
  ): Promise<ScheduleView> {
    const { installation, actor } = await this.#findWritable(principal, slug, pluginId);
    const entry = await this.#entryOf(installation, name);
    const state = await this.#stateOf(installation.id, name);
    if (state !== null && isPaused !== (state.paused !== null)) {
      const { database, world } = this.#context;
      const now = world.now();
      const next = state.nextAt === null ? null : tickAfter(state.timing, now, now);
      const paused = isPaused ? { by: actor, at: now.toISOString() } : null;
      await database.transaction(async (stores) => {
        await stores.schedules.setPaused({ installationId: installation.id, name }, paused, next);
        const action = isPaused ? "schedule.paused" : "schedule.resumed";
        await this.#context.record(stores, installation, { actor, action, detail: { schedule: name } });
      });
    }
    return await this.#viewOf(installation, entry);
  }

  async #visible(principal: Principal, slug: string): Promise<Installation[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    return visibleOf(authority, await this.#context.database.installations.list(authority.organization.id));
  }

  async #find(principal: Principal, slug: string, pluginId: string): Promise<Installation> {
    return (await this.#context.find(principal, slug, pluginId, "org.plugins.read")).installation;
  }

  async #findWritable(
    principal: Principal,
    slug: string,
    pluginId: string,
  ): Promise<{ installation: Installation; actor: Actor }> {
    const { installation } = await this.#context.findWhole(principal, slug, pluginId, "org.plugins.write");
    return { installation, actor: actorOf(principal) };
  }

  async #entryOf(installation: Installation, name: string): Promise<Contribution<"schedules">> {
    const { manifest } = await this.#context.packageOf(installation);
    const entries = entriesOf(manifest, "schedules");
    const entry = entries.find((one) => one.name === name);
    if (entry !== undefined) return entry;
    const names = entries.map((one) => one.name).join(", ");
    throw new PatchbayError(
      "schedule_not_found",
      `"${installation.pluginId}" has no schedule "${name.slice(0, 64)}"; it has ${names || "none"}.`,
    );
  }

  async #stateOf(installationId: string, name: string): Promise<ScheduleState | null> {
    const states = await this.#context.database.schedules.list(installationId);
    return states.find((one) => one.name === name) ?? null;
  }

  async #viewOf(installation: Installation, entry: Contribution<"schedules">): Promise<ScheduleView> {
    const { schedules } = this.#context.database;
    const [state, last] = await Promise.all([
      this.#stateOf(installation.id, entry.name),
      schedules.lastRuns(installation.id),
    ]);
    return viewOf(installation, entry, state, last.get(entry.name) ?? null);
  }

  async #viewsOf(installation: Installation): Promise<ScheduleView[]> {
    const { schedules } = this.#context.database;
    const { manifest } = await this.#context.packageOf(installation);
    const entries = entriesOf(manifest, "schedules");
    if (entries.length === 0) return [];
    const [states, last] = await Promise.all([
      schedules.list(installation.id),
      schedules.lastRuns(installation.id),
    ]);
    return entries.map((entry) =>
      viewOf(
        installation,
        entry,
        states.find(({ name }) => name === entry.name) ?? null,
        last.get(entry.name) ?? null,
      ),
    );
  }
}

const viewOf = (
  { pluginId }: Installation,
  entry: Contribution<"schedules">,
  state: ScheduleState | null,
  lastRun: ScheduleRun | null,
): ScheduleView => {
  const { missed = "skip" } = entry;
  const paused = state?.paused ?? null;
  const common = { pluginId, entry, missed, paused, lastRun };
  const nextAt = state?.nextAt ?? null;
  if (nextAt === null) return { ...common, state: "off", upcoming: [] };
  if (paused !== null) return { ...common, state: "paused", upcoming: [] };
  const further = ticksAfter(timingOf(entry), nextAt, nextAt, TOLD_TICKS - 1);
  return { ...common, state: "active", upcoming: [nextAt, ...further] };
};
