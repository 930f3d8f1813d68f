import { randomUUID } from "node:crypto";
import type { DueSchedule, NewRun, ScheduleState } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newInstallation, type Subject } from "./fixtures.ts";

const SIX = new Date("2026-11-01T06:00:00Z");
const SEVEN = new Date("2026-11-01T07:00:00Z");
const EIGHT = new Date("2026-11-01T08:00:00Z");
/** A span that is over, by a second that the clock of a machine may be set back meanwhile. */
const BY_NOW_MS = -1_000;
const LONG_MS = 60_000;
const ROOM = { ofInstallation: 1_000, ofOrganization: 1_000 };

const processOf = (nodeId: string = randomUUID()) => ({
  id: randomUUID(),
  nodeId,
  patchbayVersion: "1.0.0",
  host: "machine",
  pid: 1,
});

export const describeDurable = (subject: () => Subject): void => {
  describe("nodes", () => {
    const nodes = () => subject().database.nodes;
    const others = () => subject().other.nodes;

    it("live as long as they say so and nobody declares them dead", async () => {
      const [one, two] = [processOf(), processOf()];
      await nodes().join(one);
      await nodes().join(two);
      expect(await nodes().beat(one.id)).toBe(true);
      expect((await nodes().claimLeft(two.id, LONG_MS, LONG_MS)).map(({ id }) => id)).not.toContain(one.id);
      const claimed = await nodes().claimLeft(two.id, 0, LONG_MS);
      expect(claimed.find(({ id }) => id === one.id)).toMatchObject({ ...one, state: "gone" });
      expect(await nodes().beat(one.id)).toBe(false);
      expect(await nodes().beat("nobody")).toBe(false);
      expect(await nodes().beat(two.id)).toBe(true);
      await nodes().leave(two.id);
    });

    it("are taken over by one of those that look at the same time, until it has not done so for long", async () => {
      const gone = processOf();
      await nodes().join(gone);
      await nodes().leave(gone.id);
      const claim = (by: string, claimMs: number) =>
        Promise.all([nodes(), others()].map((store) => store.claimLeft(by + randomUUID(), LONG_MS, claimMs)));
      const found = async (claimMs: number) =>
        (await claim("taker", claimMs)).flat().filter(({ id }) => id === gone.id).length;
      expect(await found(LONG_MS)).toBe(1);
      expect(await found(LONG_MS)).toBe(0);
      const by = randomUUID();
      expect((await nodes().claimLeft(by, LONG_MS, 0)).map(({ id }) => id)).toContain(gone.id);
      await nodes().settle(gone.id, "somebody else");
      expect((await nodes().claimLeft(by, LONG_MS, LONG_MS)).map(({ id }) => id)).toContain(gone.id);
      await nodes().settle(gone.id, by);
      expect(await found(0)).toBe(0);
      await nodes().unsettle(gone.id);
      expect(await found(LONG_MS)).toBe(1);
    });

    it("are listed with their latest process, and the gone are forgotten", async () => {
      const nodeId = randomUUID();
      const [first, second] = [processOf(nodeId), processOf(nodeId)];
      await nodes().join(first);
      await nodes().leave(first.id);
      const own = async (silentMs = LONG_MS) =>
        (await nodes().list(silentMs))
          .filter((one) => one.nodeId === nodeId)
          .map(({ id, state }) => [id, state]);
      expect(await own()).toEqual([[first.id, "gone"]]);
      await nodes().join(second);
      expect(await own()).toEqual([[second.id, "alive"]]);
      expect(await own(BY_NOW_MS)).toEqual([[second.id, "silent"]]);
      await nodes().leave(second.id);
      await nodes().claimLeft("last", LONG_MS, 0);
      for (const { id } of [first, second]) await nodes().settle(id, "last");
      await nodes().removeOlder(new Date(Date.now() + LONG_MS), new Date(0));
      expect(await own()).toEqual([]);
    });

    it("are forgotten when nobody has seen them for long, though nobody has taken over from them", async () => {
      const silent = processOf();
      await nodes().join(silent);
      await nodes().removeOlder(new Date(0), new Date(Date.now() - LONG_MS));
      expect(await nodes().beat(silent.id)).toBe(true);
      await nodes().removeOlder(new Date(0), new Date(Date.now() + LONG_MS));
      expect(await nodes().beat(silent.id)).toBe(false);
    });
  });

  describe("a job of the deployment", () => {
    const jobsOf = ({ jobs: store }: Subject["database"]) => ({
      claim: (name: string, by: string, everyMs: number, silentMs = LONG_MS) =>
        store.claim(name, by, everyMs, silentMs),
      release: (name: string, by: string) => store.release(name, by),
    });
    const jobs = () => jobsOf(subject().database);

    it("is one node's at a time, and nobody's before its time has come", async () => {
      const name = `job-${randomUUID()}`;
      const [one, two] = [processOf(), processOf()];
      for (const node of [one, two]) await subject().database.nodes.join(node);
      const claims = await Promise.all([
        jobs().claim(name, one.id, BY_NOW_MS),
        jobsOf(subject().other).claim(name, two.id, BY_NOW_MS),
      ]);
      expect(claims.filter(Boolean)).toEqual([true]);
      const [holder, waiter] = claims[0] ? [one, two] : [two, one];
      expect(await jobs().claim(name, waiter.id, BY_NOW_MS)).toBe(false);
      await jobs().release(name, waiter.id);
      expect(await jobs().claim(name, waiter.id, BY_NOW_MS)).toBe(false);
      await jobs().release(name, holder.id);
      expect(await jobs().claim(name, waiter.id, LONG_MS)).toBe(false);
      expect(await jobs().claim(name, waiter.id, BY_NOW_MS)).toBe(true);
    });

    it("is free again when its node is gone", async () => {
      const name = `job-${randomUUID()}`;
      const node = processOf();
      await subject().database.nodes.join(node);
      expect(await jobs().claim(name, node.id, BY_NOW_MS)).toBe(true);
      await subject().database.nodes.leave(node.id);
      expect(await jobs().claim(name, "another", BY_NOW_MS)).toBe(true);
    });

    it("is free again for the one whose release was lost, and for others when that one is silent", async () => {
      const name = `job-${randomUUID()}`;
      const node = processOf();
      await subject().database.nodes.join(node);
      expect(await jobs().claim(name, node.id, BY_NOW_MS)).toBe(true);
      expect(await jobs().claim(name, node.id, BY_NOW_MS)).toBe(true);
      expect(await jobs().claim(name, "another", BY_NOW_MS)).toBe(false);
      expect(await jobs().claim(name, "another", BY_NOW_MS, BY_NOW_MS)).toBe(true);
      await subject().database.nodes.leave(node.id);
    });
  });

  describe("schedules", () => {
    const schedules = () => subject().database.schedules;
    const stateOf = (
      installationId: string,
      over: Partial<ScheduleState> = {},
    ): Omit<ScheduleState, "paused"> => ({
      installationId,
      name: "hourly",
      timing: { kind: "every", everyMs: 3_600_000 },
      missed: "skip",
      nextAt: SIX,
      ...over,
    });
    const runOf = (installationId: string, over: Partial<NewRun> = {}): NewRun => ({
      id: randomUUID(),
      installationId,
      name: "hourly",
      trigger: "tick",
      requestedBy: null,
      scheduledAt: SIX,
      ticks: 1,
      ...over,
    });
    const due = async (installationId: string, now = SIX): Promise<DueSchedule | undefined> =>
      (await schedules().listDue(now, 1_000, ROOM)).find((one) => one.installationId === installationId);
    const begun = async (installationId: string) => {
      await schedules().replace(installationId, [stateOf(installationId)]);
      const found = (await due(installationId)) as DueSchedule;
      const run = runOf(installationId);
      expect(await schedules().advance(found, { next: SEVEN, run, skipped: null })).toBe(true);
      return { found, run };
    };

    it("stay where they are while their timing does, and begin anew when it changes or they come into force", async () => {
      const { id } = await newInstallation(subject().database);
      const nextOf = async () => (await schedules().list(id)).map(({ name, nextAt }) => [name, nextAt]);
      await schedules().replace(id, [stateOf(id), stateOf(id, { name: "other", nextAt: null })]);
      await schedules().replace(id, [
        stateOf(id, { nextAt: SEVEN }),
        stateOf(id, { name: "other", nextAt: SEVEN }),
      ]);
      expect(await nextOf()).toEqual([
        ["hourly", SIX],
        ["other", SEVEN],
      ]);
      const timing = { kind: "every", everyMs: 60_000 } as const;
      await schedules().replace(id, [stateOf(id, { timing, nextAt: EIGHT })]);
      expect(await nextOf()).toEqual([["hourly", EIGHT]]);
      await schedules().replace(id, [stateOf(id, { timing, missed: "all", nextAt: SEVEN })]);
      expect(await nextOf()).toEqual([["hourly", EIGHT]]);
      expect((await schedules().list(id))[0]?.missed).toBe("all");
      await schedules().replace(id, [stateOf(id, { timing, nextAt: null })]);
      expect(await nextOf()).toEqual([["hourly", null]]);
      await schedules().replace("nobody", [stateOf("nobody")]);
      expect(await schedules().list("nobody")).toEqual([]);
    });

    it("are due at their time, unless they are paused or have a run under way", async () => {
      const { id, organizationId, pluginId } = await newInstallation(subject().database);
      await schedules().replace(id, [stateOf(id)]);
      expect(await due(id, new Date(SIX.getTime() - 1))).toBeUndefined();
      expect(await due(id)).toMatchObject({ name: "hourly", organizationId, pluginId, nextAt: SIX });
      const by = { kind: "user", id: "u", name: "Ada" } as const;
      const key = { installationId: id, name: "hourly" };
      await schedules().setPaused(key, { by, at: SIX.toISOString() }, SIX);
      expect(await due(id)).toBeUndefined();
      expect((await schedules().list(id))[0]?.paused).toEqual({ by, at: SIX.toISOString() });
      await schedules().replace(id, [stateOf(id, { nextAt: null })]);
      await schedules().setPaused(key, null, SIX);
      expect((await schedules().list(id))[0]).toMatchObject({ paused: null, nextAt: null });
      await schedules().replace(id, [stateOf(id)]);
      await schedules().addRun(runOf(id, { trigger: "hand", requestedBy: by }));
      expect(await due(id)).toBeUndefined();
      const { now, next } = await schedules().nextDueAt(0);
      expect(next).toBeInstanceOf(Date);
      expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(LONG_MS);
    });

    it("wait while their installation or organization has enough runs under way, and those with the fewest come first", async () => {
      const [busy, idle] = [
        await newInstallation(subject().database),
        await newInstallation(subject().database),
      ];
      await schedules().replace(busy.id, [stateOf(busy.id), stateOf(busy.id, { name: "other" })]);
      await schedules().replace(idle.id, [stateOf(idle.id, { nextAt: SEVEN })]);
      await schedules().addRun(runOf(busy.id));
      const found = async (room: Partial<typeof ROOM> = {}) =>
        (await schedules().listDue(SEVEN, 1_000, { ...ROOM, ...room }))
          .map(({ installationId, name }) => [installationId, name])
          .filter(([id]) => id === busy.id || id === idle.id);
      const all = [
        [idle.id, "hourly"],
        [busy.id, "other"],
      ];
      expect(await found()).toEqual(all);
      expect(await found({ ofInstallation: 1 })).toEqual([[idle.id, "hourly"]]);
      expect(await found({ ofOrganization: 1 })).toEqual([[idle.id, "hourly"]]);
      expect(await found({ ofInstallation: 2, ofOrganization: 2 })).toEqual(all);
    });

    it("are moved on by one of those who do so at the same time, with the run and what is passed over", async () => {
      const { id } = await newInstallation(subject().database);
      await schedules().replace(id, [stateOf(id)]);
      const found = (await due(id)) as DueSchedule;
      const run = runOf(id, { scheduledAt: SEVEN });
      const passed = runOf(id, { ticks: 3 });
      const skipped = {
        ...passed,
        state: "skipped" as const,
        at: SEVEN,
        code: null,
        message: "Nothing ran.",
      };
      const moves = await Promise.all(
        [subject().database, subject().other].map((one) =>
          one.schedules.advance(found, { next: EIGHT, run, skipped }),
        ),
      );
      expect(moves.sort()).toEqual([false, true]);
      expect((await schedules().list(id))[0]?.nextAt).toEqual(EIGHT);
      const { items } = await schedules().listRuns({ installationId: id, name: "hourly" }, { limit: 10 });
      expect(items.map((one) => [one.state, one.scheduledAt, one.ticks]).sort()).toEqual([
        ["queued", SEVEN, 1],
        ["skipped", SIX, 3],
      ]);
    });

    it("never have two open runs", async () => {
      const { id } = await newInstallation(subject().database);
      const { found } = await begun(id);
      expect(await schedules().addRun(runOf(id, { trigger: "hand" }))).toBe(false);
      const again = { ...found, nextAt: SEVEN };
      expect(await schedules().advance(again, { next: EIGHT, run: runOf(id), skipped: null })).toBe(false);
      expect((await schedules().list(id))[0]?.nextAt).toEqual(SEVEN);
    });

    it("have runs that are begun by several, one after the other, and ended by the last of them", async () => {
      const installation = await newInstallation(subject().database);
      const { run } = await begun(installation.id);
      expect(await schedules().listLeft(new Date(Date.now() + LONG_MS), 1_000)).toContain(run.id);
      expect(await schedules().begin(run.id, "one", SIX)).toMatchObject({
        attempt: 1,
        state: "running",
        pluginId: installation.pluginId,
      });
      expect(await schedules().begin(run.id, "two", SEVEN)).toMatchObject({ attempt: 2, nodeId: "two" });
      const outcome = { state: "failed", at: EIGHT, code: "plugin_error", message: "No\0." } as const;
      expect(await schedules().finish(run.id, 1, outcome)).toBe(false);
      expect(await schedules().finish(run.id, 2, outcome)).toBe(true);
      expect(await schedules().finish(run.id, 2, outcome)).toBe(false);
      expect(await schedules().begin(run.id, "three", EIGHT)).toBeNull();
      expect((await schedules().lastRuns(installation.id)).get("hourly")).toMatchObject({
        state: "failed",
        endedAt: EIGHT,
        message: "No\uFFFD.",
      });
      expect(await schedules().listLeft(new Date(Date.now() + LONG_MS), 1_000)).not.toContain(run.id);
    });

    it("lose no run that was begun a short while ago", async () => {
      const { id } = await newInstallation(subject().database);
      const { run } = await begun(id);
      const outcome = { state: "failed", at: EIGHT, code: "internal", message: "Lost." } as const;
      await schedules().begin(run.id, "one", SEVEN);
      expect(await schedules().endLost(SEVEN, outcome)).not.toContain(run.id);
      expect(await schedules().endLost(EIGHT, outcome)).toContain(run.id);
      expect((await schedules().lastRuns(id)).get("hourly")).toMatchObject({
        state: "failed",
        message: "Lost.",
      });
    });

    it("have an open run that can be ended from outside", async () => {
      const { id } = await newInstallation(subject().database);
      const { run } = await begun(id);
      const key = { installationId: id, name: "hourly" };
      const outcome = { state: "cancelled", at: SEVEN, code: "cancelled", message: "Enough." } as const;
      expect(await schedules().cancelOpen(key, outcome)).toBe(run.id);
      expect(await schedules().cancelOpen(key, outcome)).toBeNull();
      expect(await schedules().begin(run.id, "one", SEVEN)).toBeNull();
    });

    it("keep the newest runs, page by page, and go with their installation", async () => {
      const { id, revision } = await newInstallation(subject().database);
      await schedules().replace(id, [stateOf(id)]);
      const key = { installationId: id, name: "hourly" };
      for (let run = 0; run < 5; run++) {
        const one = runOf(id, { trigger: "hand", scheduledAt: new Date(SIX.getTime() + run) });
        await schedules().addRun(one);
        const attempt = (await schedules().begin(one.id, "one", SIX))?.attempt ?? 0;
        await schedules().finish(one.id, attempt, {
          state: "succeeded",
          at: new Date(),
          code: null,
          message: null,
        });
      }
      const first = await schedules().listRuns(key, { limit: 3 });
      expect(first.items.map(({ scheduledAt }) => scheduledAt.getTime() - SIX.getTime())).toEqual([4, 3, 2]);
      const rest = await schedules().listRuns(key, { limit: 3, cursor: first.cursor ?? "" });
      expect(rest.items.length).toBe(2);
      await schedules().trim(2, new Date(0));
      expect((await schedules().listRuns(key, { limit: 9 })).items.length).toBe(2);
      await schedules().trim(2, new Date(Date.now() + LONG_MS));
      expect((await schedules().listRuns(key, { limit: 9 })).items).toEqual([]);
      await subject().database.installations.remove(id, revision);
      expect(await schedules().list(id)).toEqual([]);
    });

    it("are told of with their plugin whenever one of them or a run changes", async () => {
      const { id, organizationId, pluginId } = await newInstallation(subject().database);
      const heard: unknown[] = [];
      const end = subject().other.changes.subscribe((change) => {
        if (change.kind === "schedule" && change.id === id) heard.push(change);
      });
      await begun(id);
      await expect.poll(() => heard.length).toBeGreaterThanOrEqual(2);
      expect(heard[0]).toEqual({ kind: "schedule", id, organizationId, pluginId });
      end();
    });
  });
};
