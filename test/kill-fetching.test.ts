import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LocalArtifactStore, S3Bucket } from "@patchbay/storage-objects";
import { missingForRadosgw, type Radosgw, startRadosgw } from "@patchbay/storage-objects/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/server.ts";

const NODE = fileURLToPath(new URL("./support/fetching-node.ts", import.meta.url));
const KILLS = 200;
/** Each with a folder of its own. */
const NODES = 2;
/** Fetching one of the artifacts takes 3 to 30 ms. */
const LONGEST_LIFE_MS = 60;
const missing = missingForRadosgw();
const why = missing.length > 0 ? ` (skipped: ${missing.join(", ")} not installed)` : "";
const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(missing.length > 0)(`a node that fetches artifacts from S3${why}`, () => {
  let dir: Awaited<ReturnType<typeof temporaryFolder>>;
  let radosgw: Radosgw;
  const digests: string[] = [];
  beforeAll(async () => {
    dir = await temporaryFolder();
    radosgw = await startRadosgw({ dir: dir.path });
    await radosgw.makeBucket("artifacts");
    const bucket = await S3Bucket.open(radosgw.settings("artifacts"));
    for (const size of [1_000, 300_000, 2_000_000]) {
      const bytes = randomBytes(size);
      digests.push(digestOf(bytes));
      await bucket.put(digestOf(bytes), bytes);
    }
  });
  afterAll(async () => {
    await radosgw?.stop();
    await dir?.remove();
  });

  it(`has whole artifacts or none after each of ${KILLS} kills`, { timeout: 600_000 }, async () => {
    const seen = { whole: 0, absent: 0 };
    const liveAndDie = async (_: unknown, index: number) => {
      const folder = join(dir.path, `node-${index}`);
      for (let kill = 0; kill < KILLS / NODES; kill += 1) {
        await killWhileFetching(folder);
        const found = await (await LocalArtifactStore.open(folder)).list();
        for (const { digest } of found) {
          const content = await readFile(join(folder, "sha256", digest.slice(0, 2), digest));
          expect(digestOf(content), `after kill ${kill}`).toBe(digest);
        }
        seen.whole += found.length;
        seen.absent += digests.length - found.length;
      }
    };
    await Promise.all(Array.from({ length: NODES }, liveAndDie));
    // The kills must have fallen into work, or the test shows nothing.
    expect(seen.whole).toBeGreaterThan(KILLS / 4);
    expect(seen.absent).toBeGreaterThan(KILLS / 4);
  });

  const killWhileFetching = async (folder: string): Promise<void> => {
    const task = { settings: radosgw.settings("artifacts"), folder, digests };
    const child = spawn(process.execPath, [NODE, JSON.stringify(task)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    await Promise.race([once(child.stdout, "data"), exited]);
    expect(child.exitCode, "the node ended by itself").toBeNull();
    child.stdout.resume();
    await sleep(Math.random() * LONGEST_LIFE_MS);
    child.kill("SIGKILL");
    await exited;
  };
});
