import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { ArtifactSynchronization } from "./artifact-synchronization.ts";

const needed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    digest: String(index),
    pluginId: `acme.p${index}`,
    version: "1.0.0",
    part: "script" as const,
  }));

/** A node whose clock goes on by a second with every look at it. */
const nodeWith = (count: number, pull: (digest: string) => Promise<"here" | "fetched">) => {
  const lines: { level: string; facts: Record<string, unknown>; message: string }[] = [];
  const writer = (level: string) => (facts: Record<string, unknown>, message: string) =>
    void lines.push({ level, facts, message });
  let seconds = 0;
  const log = { info: writer("info"), warn: writer("warn"), error: writer("error") };
  const now = () => {
    seconds += 1;
    return new Date(seconds * 1_000);
  };
  const world = { now, log };
  let asked = 0;
  const listNeeded = async () => {
    asked += 1;
    return needed(count);
  };
  const database = { artifacts: { listNeeded } } as unknown as ConstructorParameters<
    typeof ArtifactSynchronization
  >[0];
  return { lines, asked: () => asked, sync: new ArtifactSynchronization(database, { pull }, world) };
};

describe("the synchronization of artifacts", () => {
  it("says nothing when all is here", async () => {
    const { sync, lines } = nodeWith(3, async () => "here");
    expect(await sync.run()).toEqual({ needed: 3, fetched: 0, failed: 0 });
    expect(lines).toEqual([]);
  });

  it("tells how far it is, and that it is done", async () => {
    const { sync, lines } = nodeWith(20, async () => "fetched");
    expect(await sync.run()).toEqual({ needed: 20, fetched: 20, failed: 0 });
    expect(lines.length).toBeGreaterThan(2);
    expect(lines[0]).toMatchObject({ level: "info", facts: { needed: 20, fetched: 5, failed: 0 } });
    expect(lines.at(-1)).toMatchObject({ level: "info", facts: { needed: 20, fetched: 20 } });
  });

  it("goes on after whatever fails, and names the first of it", async () => {
    const { sync, lines } = nodeWith(100, async (digest) => {
      if (Number(digest) % 2 === 0) throw new PatchbayError("artifact_missing", "No.");
      return "fetched";
    });
    expect(await sync.run()).toEqual({ needed: 100, fetched: 50, failed: 50 });
    const told = lines.filter(({ facts }) => facts.reason !== undefined);
    expect(told).toHaveLength(20);
    expect(told[0]).toMatchObject({
      level: "warn",
      facts: { plugin: "acme.p0", version: "1.0.0", reason: "artifact_missing" },
    });
    expect(lines.at(-1)).toMatchObject({ level: "warn", facts: { failed: 50 } });
  });

  it("makes one pass at a time", async () => {
    const { sync, asked } = nodeWith(2, async () => "here");
    await Promise.all([sync.run(), sync.run()]);
    expect(asked()).toBe(1);
    await sync.run();
    expect(asked()).toBe(2);
  });
});
