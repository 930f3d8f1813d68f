import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lock.ts";
import { findProcess } from "./processes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-test-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const OTHER_CONTAINER = "11111111-2222-3333-4444-555555555555-4026532000";

/** The part of this machine's claims that says which run of the machine and which container they are from. */
async function thisPlace(): Promise<string> {
  const lock = await lockFolder(folder, { waitMs: 0 });
  const [name = ""] = readdirSync(folder);
  lock.release();
  return name.split("-").slice(2).join("-").replace(".claim", "");
}

function leaveClaim(name: string, ageMs = 0): string {
  const path = join(folder, `${name}.claim`);
  writeFileSync(path, "");
  const modified = new Date(Date.now() - ageMs);
  utimesSync(path, modified, modified);
  return path;
}

describe("the lock of a data folder", () => {
  it("is taken, refused while it is held, and free after its release", async () => {
    const lock = await lockFolder(folder, { waitMs: 0 });
    await expect(lockFolder(folder, { waitMs: 0 })).rejects.toMatchObject({ reason: "data_in_use" });
    lock.release();
    (await lockFolder(folder, { waitMs: 0 })).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is taken over from a process that ended", async () => {
    const place = await thisPlace();
    const child = spawn("true");
    await once(child, "exit");
    leaveClaim(`${child.pid}-123-${place}`);
    (await lockFolder(folder, { waitMs: 0 })).release();
  });

  it("is taken over when the number of the process that held it belongs to another one now", async () => {
    const place = await thisPlace();
    leaveClaim(`${process.ppid}-1-${place}`);
    (await lockFolder(folder, { waitMs: 0 })).release();
  });

  it("is refused while the other process lives, whose number is named", async () => {
    const place = await thisPlace();
    const child = spawn("sleep", ["60"]);
    try {
      leaveClaim(`${child.pid}-${findProcess(child.pid ?? 0)?.startTicks}-${place}`, 3_600_000);
      await expect(lockFolder(folder, { waitMs: 0 })).rejects.toThrow(`process ${child.pid}`);
    } finally {
      child.kill();
    }
  });

  it("waits for a process that is about to end", async () => {
    const place = await thisPlace();
    const child = spawn("sleep", ["0.4"]);
    leaveClaim(`${child.pid}-${findProcess(child.pid ?? 0)?.startTicks}-${place}`);
    const waits: number[] = [];
    (await lockFolder(folder, { waitMs: 20_000, onWait: (pid) => waits.push(pid) })).release();
    expect(waits).toEqual([child.pid]);
  });

  it("is taken over from another container when that has been silent for long", async () => {
    leaveClaim(`7-99-${OTHER_CONTAINER}`, 3_600_000);
    (await lockFolder(folder, { waitMs: 0 })).release();
  });

  it("is taken over from another container that falls silent", async () => {
    leaveClaim(`7-99-${OTHER_CONTAINER}`);
    (await lockFolder(folder, { waitMs: 1_000, foreignSilenceMs: 500 })).release();
  });

  it("is refused while another container renews its claim", async () => {
    const path = leaveClaim(`7-99-${OTHER_CONTAINER}`);
    const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), 20);
    try {
      await expect(lockFolder(folder, { waitMs: 0, foreignSilenceMs: 1_500 })).rejects.toThrow(
        "another container",
      );
    } finally {
      clearInterval(heartbeat);
    }
  });

  it("goes to exactly one of many processes that want it at the same time", async () => {
    const script = `import { lockFolder } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
      try { await lockFolder(process.argv[1], { waitMs: 1500 }); console.log("held"); setTimeout(() => {}, 20000); }
      catch (error) { console.log(error.reason); }`;
    const args = ["--input-type=module", "-e", script, folder];
    const children = Array.from({ length: 5 }, () =>
      spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] }),
    );
    const words = await Promise.all(
      children.map(async ({ stdout }) => String((await once(stdout, "data"))[0]).trim()),
    );
    for (const child of children) child.kill("SIGKILL");
    expect(words.sort()).toEqual(["data_in_use", "data_in_use", "data_in_use", "data_in_use", "held"]);
  });
});
