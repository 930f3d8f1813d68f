import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./index.ts";
import { findProcess, postgresProcessesIn } from "./processes.ts";

const OWNER = fileURLToPath(new URL("./owner.fixture.ts", import.meta.url));
const ORDINARY_USER = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const silent = { info: () => undefined, warn: () => undefined };

let dir: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];
const owners: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  dataDir = join(dir, "data");
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((database) => database.stop()));
  for (const owner of owners.splice(0)) owner.kill("SIGKILL");
  for (const { pid } of postgresProcessesIn(cluster())) process.kill(pid, "SIGKILL");
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const cluster = () => join(dataDir, "postgres", "cluster");

async function start(): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, log: silent, waitMs: 0 });
  running.push(database);
  return database;
}

async function query(database: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ ...database.connection });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

interface OwnerSays {
  ready?: true;
  pid: number;
  adopted?: boolean;
  failed?: string;
  message?: string;
}

/** Starts another process on the data folder and waits until its database is ready or has failed. */
async function startOwner(
  user: typeof ORDINARY_USER | undefined = undefined,
): Promise<OwnerSays & { child: ChildProcess }> {
  const child = spawn(process.execPath, [OWNER, dataDir], {
    ...user,
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
  });
  owners.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as OwnerSays;
    if (said.ready || said.failed) return { ...said, child };
  }
  throw new Error("The owner ended without a word.");
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("an embedded PostgreSQL", () => {
  it("creates its database on the first start and keeps it over a restart", async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    await query(first, "create table kept as select 42 as answer");
    await first.stop();
    const second = await start();
    expect(await query(second, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("is durable, speaks UTF-8 and listens on its socket only", async () => {
    const database = await start();
    const rows = await query(
      database,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit,
        current_setting('listen_addresses') addresses, current_setting('server_encoding') encoding,
        current_setting('TimeZone') zone, current_setting('data_checksums') checksums`,
    );
    expect(rows).toEqual([
      { fsync: "on", commit: "on", addresses: "", encoding: "UTF8", zone: "UTC", checksums: "on" },
    ]);
  });

  it("leaves no process, lock or socket behind when it is stopped", async () => {
    const database = await start();
    const { pid } = database;
    await Promise.all([database.stop(), database.stop()]);
    expect(findProcess(pid)).toBeUndefined();
    expect(postgresProcessesIn(cluster())).toEqual([]);
    expect(readdirSync(join(dataDir, "postgres", "locks"))).toEqual([]);
    expect(readdirSync(join(dataDir, "postgres", "run"))).toEqual([]);
  });

  it("stops although a client is connected", async () => {
    const database = await start();
    const client = new pg.Client({ ...database.connection });
    client.on("error", () => undefined);
    await client.connect();
    const cutOff = expect(client.query("select pg_sleep(600)")).rejects.toMatchObject({ code: "57P01" });
    await database.stop();
    await cutOff;
  });

  it("is taken over, with its data, after its owner was killed", async () => {
    const owner = await startOwner();
    await kill(owner.child);
    const database = await start();
    expect(database).toMatchObject({ adopted: true, pid: owner.pid });
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
    await database.stop();
    expect(findProcess(owner.pid)).toBeUndefined();
  });

  it("is started again when its settings changed while it had no owner", async () => {
    const owner = await startOwner();
    await kill(owner.child);
    writeFileSync(join(cluster(), "postgresql.conf"), "# of an earlier version\n");
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(database.pid).not.toBe(owner.pid);
    expect(findProcess(owner.pid)).toBeUndefined();
  });

  it("is started again when owner and server were both killed", async () => {
    const owner = await startOwner();
    await kill(owner.child);
    process.kill(owner.pid, "SIGKILL");
    const database = await start();
    expect(database.adopted).toBe(false);
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("comes back by itself when it crashes under its owner", async () => {
    const database = await start();
    const { pid } = database;
    process.kill(pid, "SIGKILL");
    await expect.poll(() => database.pid, { timeout: 20_000 }).not.toBe(pid);
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("is not confused by a postmaster.pid whose number belongs to another process now", async () => {
    await (await start()).stop();
    const stale = `${process.pid}\n${cluster()}\n1700000000\n5432\n../run\n\n  1 1\nready   \n`;
    writeFileSync(join(cluster(), "postmaster.pid"), stale);
    writeFileSync(join(dataDir, "postgres", "run", ".s.PGSQL.5432.lock"), stale);
    const database = await start();
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("is refused to a second process while the first lives, with the first one's number", async () => {
    await start();
    const second = await startOwner();
    expect(second.failed).toBe("data_in_use");
    expect(second.message).toContain(`process ${process.pid}`);
  });

  it("is refused to the same process a second time", async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ reason: "data_in_use" });
  });

  it("is created afresh after a start that was interrupted while creating it", async () => {
    const unfinished = join(dataDir, "postgres", "cluster.unfinished-abc");
    mkdirSync(join(unfinished, "base"), { recursive: true });
    writeFileSync(join(unfinished, "PG_VERSION"), "18\n");
    const database = await start();
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(existsSync(unfinished)).toBe(false);
  });

  // Once more on a failure: how long the orphans of a kill live is the machine's to say.
  it("survives that its owner is killed at any moment of the first start", { retry: 1 }, async () => {
    for (const delayMs of [150, 400, 700, 1_000]) {
      const child = spawn(process.execPath, [OWNER, dataDir], { stdio: "ignore" });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await kill(child);
    }
    const database = await start();
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
    await database.stop();
    // An initdb of a killed owner may outlive the start that finds its folder; a later start removes it.
    const leftAfterAStart = async () => {
      await (await start()).stop();
      return readdirSync(join(dataDir, "postgres")).filter((name) => name.includes("unfinished"));
    };
    await expect.poll(leftAfterAStart, { timeout: 20_000, interval: 500 }).toEqual([]);
  });

  it("uses a short folder for its socket when the data folder's path is long, and removes it", async () => {
    dataDir = join(dir, "a".repeat(60), "b".repeat(60), "data");
    const database = await start();
    const socketFolder = database.connection.host;
    expect(Buffer.byteLength(socketFolder)).toBeLessThan(80);
    expect(await query(database, "select 1 as one")).toEqual([{ one: 1 }]);
    await database.stop();
    expect(existsSync(socketFolder)).toBe(false);
  });

  it("is found again after a kill when its socket is in a short folder", async () => {
    dataDir = join(dir, "a".repeat(60), "b".repeat(60), "data");
    const owner = await startOwner();
    await kill(owner.child);
    expect((await start()).adopted).toBe(true);
  });

  it("says so when the data folder was made by another version", async () => {
    await (await start()).stop();
    writeFileSync(join(cluster(), "PG_VERSION"), "12\n");
    await expect(start()).rejects.toMatchObject({
      reason: "version_mismatch",
      message: expect.stringContaining("PostgreSQL 12"),
    });
  });

  it("shows the server's own words when it does not start, and frees the folder", async () => {
    await (await start()).stop();
    rmSync(join(cluster(), "global", "pg_control"));
    await expect(start()).rejects.toMatchObject({ message: expect.stringContaining("pg_control") });
    expect(readdirSync(join(dataDir, "postgres", "locks"))).toEqual([]);
  });

  it("does not take a folder with other content for its own", async () => {
    mkdirSync(cluster(), { recursive: true });
    writeFileSync(join(cluster(), "holiday.jpg"), "");
    await expect(start()).rejects.toMatchObject({
      reason: "failed",
      message: expect.stringContaining("PG_VERSION"),
    });
    expect(readdirSync(cluster())).toEqual(["holiday.jpg"]);
  });

  it("says so when a file is in the way of the data folder", async () => {
    writeFileSync(dataDir, "");
    await expect(start()).rejects.toMatchObject({
      name: "DatabaseStartError",
      message: expect.stringContaining(dataDir),
    });
  });
});

/** Whether this process may mount file systems; root in a container often may not. */
function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), "patchbay-test-"));
  const mounted = isRoot && spawnSync("mount", ["-t", "tmpfs", "tmpfs", probe]).status === 0;
  if (mounted) spawnSync("umount", [probe]);
  rmSync(probe, { recursive: true });
  return mounted;
}

// What only root can do or see says nothing about anybody else, so that there it does not count as skipped.
const describeForRoot = isRoot ? describe : () => undefined;

describeForRoot("an embedded PostgreSQL started by root", () => {
  it("runs as somebody else, below folders that only root may enter", async () => {
    chmodSync(dir, 0o700);
    const database = await start();
    const status = readFileSync(`/proc/${database.pid}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t(?!0)(\d+)\t\1\t\1/m);
    expect(status).toMatch(/^Groups:\t\s*$|^Groups:\t(?!0 )/m);
  });

  it("belongs to the ordinary user who created it, also when root starts it later", async () => {
    chmodSync(dir, 0o755);
    mkdirSync(dataDir);
    chownSync(dataDir, ORDINARY_USER.uid, ORDINARY_USER.gid);
    const owner = await startOwner(ORDINARY_USER);
    expect(owner).toMatchObject({ ready: true });
    owner.child.kill("SIGTERM");
    await once(owner.child, "exit");
    await query(await start(), "create table t ()");
    await running.pop()?.stop();
    const again = await startOwner(ORDINARY_USER);
    expect(again).toMatchObject({ ready: true });
  });

  it("is refused to an ordinary user afterwards, who is told why", async () => {
    chmodSync(dir, 0o755);
    await (await start()).stop();
    for (const folder of [dataDir, join(dataDir, "postgres")]) chmodSync(folder, 0o777);
    const owner = await startOwner(ORDINARY_USER);
    expect(owner.failed).toBe("not_permitted");
    expect(owner.message).toContain(`this is user ${ORDINARY_USER.uid}`);
  });

  it("is refused to an ordinary user who may not enter the data folder", async () => {
    await (await start()).stop();
    chmodSync(dir, 0o755);
    const owner = await startOwner(ORDINARY_USER);
    expect(owner.failed).toBe("not_permitted");
  });

  it("takes over a cluster whose files were given to root", async () => {
    const first = await start();
    await first.stop();
    chownSync(cluster(), 0, 0);
    expect(await query(await start(), "select 1 as one")).toEqual([{ one: 1 }]);
  });
});

const describeOnMount = canMount() ? describe : () => undefined;

describeOnMount("an embedded PostgreSQL on a file system without room", () => {
  beforeEach(() => {
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=20m", "tmpfs", dir]);
  });
  afterEach(() => {
    spawnSync("umount", [dir]);
  });

  it("is refused because the disk is full, and leaves nothing there", async () => {
    await expect(start()).rejects.toMatchObject({
      reason: "no_space",
      message: expect.stringContaining("disk is full"),
    });
    expect(readdirSync(join(dataDir, "postgres"))).toEqual(["locks"]);
  });

  it("is refused because the disk is read-only", async () => {
    spawnSync("mount", ["-o", "remount,ro", dir]);
    await expect(start()).rejects.toMatchObject({ reason: "read_only" });
  });
});
