import type { PatchbayError, ScheduleRunDto } from "@patchbay/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { runCli } from "./support/cli.ts";
import { makePackage } from "./support/packages.ts";
import { BOOTSTRAP_KEY, startServer, type TestServer, temporaryFolder } from "./support/server.ts";

const ID = "acme.ticker";
const PLUGIN = `/api/orgs/default/plugins/${ID}`;
/** Notes each run in its storage; the tool tells of them. */
const codeWith = (more = "") => `export default {
  tools: {
    seen: { description: "Runs.", run: async (_, { api }) => (await api.storage.get("seen")) ?? [] },
  },
  schedules: {
    often: { run: async ({ api, scheduledAt, idempotencyKey, projects, log }) => {
      const seen = (await api.storage.get("seen")) ?? [];
      await api.storage.set("seen", [...seen, { scheduledAt, idempotencyKey, projects }]);
      log.info("ran");
    } },
    daily: { run: () => { throw new Error("It is too early."); } },
    denied: { run: () => fetch("https://example.org/") },
    ${more}
    slow: { run: ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)) },
  },
};`;
const MANIFEST = {
  permissions: { required: ["schedule.run", "storage.scoped"] },
  contributes: {
    tools: [{ name: "seen", description: "Runs." }],
    schedules: [
      { name: "often", title: "Often", every: "1s" },
      { name: "daily", cron: "0 6 * * *", timezone: "Europe/Berlin", missed: "once" },
      { name: "denied", every: "1d" },
      { name: "slow", every: "1d" },
    ],
  },
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let api: Api;

const scheduleOf = async (name: string) =>
  (await api.get(`${PLUGIN}/schedules`)).body.items.find((one: { name: string }) => one.name === name);
const runsOf = async (name: string): Promise<ScheduleRunDto[]> =>
  (await api.get(`${PLUGIN}/schedules/${name}/runs`)).body.items;
const statesOf = async (name: string) => (await runsOf(name)).map(({ state }) => state);
/** The time once so much has passed. */
const clockAfter = async (ms: number): Promise<number> => {
  const startedAt = performance.now();
  await expect.poll(() => performance.now() - startedAt).toBeGreaterThan(ms);
  return Date.now();
};
const rules = { minEveryMs: 1_000 };

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_SCHEDULE_MIN_SECONDS: "1", PATCHBAY_LOG_LEVEL: "info" },
  });
  api = new Api(server.url);
  const zip = await makePackage({ id: ID, code: codeWith(), manifest: MANIFEST, rules });
  expect((await api.upload("/api/orgs/default/uploads", zip)).status).toBe(201);
  const installed = await api.post("/api/orgs/default/plugins", {
    plugin: ID,
    grants: ["schedule.run", "storage.scoped"],
  });
  expect(installed.status).toBe(201);
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

it("has no next time while the plugin is off, and runs while it is on", async () => {
  expect(await scheduleOf("often")).toMatchObject({ state: "off", upcoming: [] });
  expect((await api.post(`${PLUGIN}/schedules/often/run`)).body.code).toBe("plugin_disabled");
  expect((await api.post(`${PLUGIN}/enable`)).status).toBe(200);
  await expect.poll(() => statesOf("often")).toEqual(expect.arrayContaining(["succeeded", "succeeded"]));
  const { body } = await api.post(`/api/orgs/default/tools/${ID}/seen`, {});
  const keys = body.output.map((one: { idempotencyKey: string }) => one.idempotencyKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect((await runsOf("often")).map(({ id }) => id)).toContain(keys[0]);
  expect(body.output[0]).toMatchObject({
    projects: "all",
    scheduledAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const { upcoming, ...often } = await scheduleOf("often");
  expect(often).toMatchObject({ title: "Often", every: "1s", missed: "skip", state: "active" });
  expect(Date.parse(upcoming[1]) - Date.parse(upcoming[0])).toBe(1_000);
  expect((await scheduleOf("daily")).nextAt).toMatch(/T0[45]:00:00.000Z$/);
});

it("rests while it is paused, and goes on without what was due meanwhile", async () => {
  const pause = (paused: boolean) => api.call("PATCH", `${PLUGIN}/schedules/often`, { paused });
  expect((await pause(true)).body).toMatchObject({
    state: "paused",
    paused: { by: { kind: "api_key" } },
    upcoming: [],
  });
  await expect.poll(() => statesOf("often")).not.toContain("running");
  const before = await runsOf("often");
  const resumedAt = await clockAfter(2_500);
  expect(await runsOf("often")).toEqual(before);
  expect((await pause(false)).body.state).toBe("active");
  await expect.poll(async () => (await runsOf("often")).length).toBeGreaterThan(before.length);
  const next = (await runsOf("often")).at(-1 - before.length);
  expect(Date.parse(next?.scheduledAt ?? "")).toBeGreaterThanOrEqual(resumedAt);
  expect((await pause(true)).status).toBe(200);
});

it("is run by hand, one run at a time, and tells how that failed", async () => {
  const run = (name: string) => api.post(`${PLUGIN}/schedules/${name}/run`);
  expect((await run("daily")).body).toMatchObject({ trigger: "hand", requestedBy: { kind: "api_key" } });
  await expect.poll(() => statesOf("daily")).toEqual(["failed"]);
  expect((await runsOf("daily"))[0]).toMatchObject({
    code: "plugin_error",
    message: "It is too early.",
    attempt: 1,
  });
  // What the plugin was refused in its run is a failure of the run, not a reason to leave it out.
  expect((await run("denied")).status).toBe(202);
  await expect.poll(() => statesOf("denied")).toEqual(["failed"]);
  expect((await runsOf("denied"))[0]?.code).toBe("permission_denied");
  expect((await run("nightly")).body).toMatchObject({ code: "schedule_not_found" });
  expect((await run("slow")).status).toBe(202);
  await expect.poll(() => statesOf("slow")).toEqual(["running"]);
  expect((await run("slow")).body).toMatchObject({ code: "schedule_running" });
  expect((await api.post(`${PLUGIN}/schedules/slow/cancel`)).body).toEqual({ cancelled: true });
  expect((await api.post(`${PLUGIN}/schedules/slow/cancel`)).body).toEqual({ cancelled: false });
  expect(await statesOf("slow")).toEqual(["cancelled"]);
  const actions = (await api.get(`${PLUGIN}/history`)).body.items.map(
    (one: { action: string }) => one.action,
  );
  expect(actions).toEqual(
    expect.arrayContaining(["schedule.run", "schedule.paused", "schedule.resumed", "schedule.cancelled"]),
  );
});

it("is seen in the metrics of the server and of the plugin", async () => {
  const text = await (await api.raw("/metrics")).text();
  expect(text).toMatch(new RegExp(`patchbay_schedule_runs_total{plugin="${ID}",outcome="succeeded"} [1-9]`));
  expect(text).toMatch(new RegExp(`patchbay_schedule_runs_total{plugin="${ID}",outcome="failed"} [1-9]`));
  expect(text).toMatch(/patchbay_schedule_lateness_seconds_count [1-9]/);
  expect((await api.get(`${PLUGIN}/metrics`)).body.total.calls).toBeGreaterThan(2);
});

it("is seen and handled from the command line", async () => {
  const environment = { PATCHBAY_URL: server.url, PATCHBAY_API_KEY: BOOTSTRAP_KEY };
  const run = async (...args: string[]) => await runCli(["schedules", ...args], { environment });
  expect((await run("list", ID)).stdout).toMatch(/often +every 1s +paused/);
  expect((await run("list")).stdout).toMatch(/daily +0 6 \* \* \* \(Europe\/Berlin\) +active/);
  expect((await run("resume", ID, "often")).stdout).toMatch(
    /often of acme.ticker is active; it runs next at/,
  );
  expect((await run("pause", ID, "often")).stdout).toMatch(/is paused/);
  expect((await run("run", ID, "daily", "--json")).code).toBe(0);
  await expect.poll(() => statesOf("daily")).toEqual(["failed", "failed"]);
  const { stdout } = await run("runs", ID, "daily", "--limit", "1");
  expect(stdout.trim().split("\n").length).toBe(2);
  expect(stdout).toMatch(/failed +hand +\d+ ms +It is too early/);
  expect((await run("cancel", ID, "daily")).stdout).toMatch(/No run was under way/);
  expect((await run("runs", ID, "daily", "--limit", "0")).code).toBe(2);
});

it("follows the plugin's versions: what changed begins anew, what is gone disappears, and pauses stay", async () => {
  const contributes = {
    ...MANIFEST.contributes,
    schedules: [
      { name: "often", every: "2s" },
      { name: "daily", cron: "0 7 * * *" },
      { name: "denied", every: "1d" },
    ],
  };
  const changed = codeWith().replace(/slow: .*\n/, "");
  const zip = await makePackage({
    id: ID,
    version: "1.1.0",
    code: changed,
    manifest: { ...MANIFEST, contributes },
    rules,
  });
  expect((await api.upload("/api/orgs/default/uploads", zip)).status).toBe(201);
  expect((await api.post(`${PLUGIN}/update`, {})).status).toBe(200);
  await expect.poll(async () => (await scheduleOf("daily")).nextAt).toMatch(/T07:00:00.000Z$/);
  expect(await scheduleOf("often")).toMatchObject({ state: "paused", every: "2s" });
  expect((await api.get(`${PLUGIN}/schedules/slow/runs`)).body.code).toBe("schedule_not_found");
  expect((await api.post(`${PLUGIN}/rollback`)).status).toBe(200);
  await expect.poll(async () => (await scheduleOf("daily")).nextAt).toMatch(/T0[45]:00:00.000Z$/);
  expect(await scheduleOf("slow")).toMatchObject({ state: "active" });
  expect((await api.post(`${PLUGIN}/disable`)).status).toBe(200);
  await expect.poll(async () => (await scheduleOf("daily")).state).toBe("off");
  expect((await api.delete(PLUGIN)).status).toBe(204);
  expect((await api.get("/api/orgs/default/schedules")).body.items).toEqual([]);
});

it("runs no more often than the deployment allows, and says what is wrong with a time", async () => {
  const refusal = async (schedule: object) => {
    const manifest = { ...MANIFEST, contributes: { schedules: [{ name: "often", ...schedule }] } };
    const made = makePackage({ id: ID, code: codeWith(), manifest, rules: { minEveryMs: 60_000 } });
    return await made.then(
      () => "accepted",
      (error: PatchbayError) => error.errors.map(({ pointer, message }) => `${pointer} ${message}`).join(),
    );
  };
  expect(await refusal({ every: "59s" })).toMatch("/every It may run every 60 seconds at the most");
  expect(await refusal({ every: "1m", cron: "* * * * *" })).toMatch('give either "cron" or "every"');
  expect(await refusal({})).toMatch('give either "cron" or "every"');
  expect(await refusal({ cron: "* * * *" })).toMatch("/cron A cron expression has five fields");
  expect(await refusal({ cron: "* * * * *", timezone: "Mars/Olympus" })).toMatch("/timezone");
  expect(await refusal({ every: "1m", missed: "twice" })).toMatch("/missed");
});

it("lists the node for administrators of the deployment", async () => {
  const { items } = (await api.get("/api/system/nodes")).body;
  const alive = items.filter(({ state }: { state: string }) => state === "alive");
  expect(alive).toMatchObject([{ pid: server.pid, version: "1.0.0" }]);
  expect((await api.as(null).get("/api/system/nodes")).status).toBe(401);
});
