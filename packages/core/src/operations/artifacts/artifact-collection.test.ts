import { randomUUID } from "node:crypto";
import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../ports/audit-store.ts";
import type { Database, Stores } from "../../ports/database.ts";
import { ArtifactCollection } from "./artifact-collection.ts";

const NOW = new Date("2026-01-10T12:00:00Z");
const DAY_BEFORE = new Date("2026-01-09T12:00:00Z");

/** A database with these old versions and artifacts, and a store that may be down. */
const nodeWith = (old: { versions: string[]; artifacts: string[] }) => {
  const left = { versions: [...old.versions], artifacts: [...old.artifacts] };
  const state = { isDown: false, audit: [] as Omit<AuditEvent, "id" | "at">[], lines: [] as unknown[] };
  const asked: unknown[][] = [];
  const catalog = {
    countSuperseded: async (...args: unknown[]) => {
      asked.push(args);
      return left.versions.length;
    },
    removeSuperseded: async (...args: unknown[]) => {
      asked.push(args.slice(0, 2));
      const removed = left.versions.splice(0);
      return removed.map((version) => ({ organizationId: "o", pluginId: "acme.p", version, digest: "d" }));
    },
  };
  const artifacts = {
    countUnreferenced: async () => left.artifacts.length,
    collect: async (_before: Date, _limit: number, remove: (digest: string) => Promise<void>) => {
      for (const digest of left.artifacts) await remove(digest);
      return left.artifacts.splice(0).length;
    },
  };
  const audit = { append: async (event: Omit<AuditEvent, "id" | "at">) => void state.audit.push(event) };
  const stores = { catalog, artifacts, audit } as unknown as Stores;
  const transaction = (work: (inside: Stores) => Promise<unknown>) => work(stores);
  const removed: string[] = [];
  const store = {
    remove: async (digest: string) => {
      if (state.isDown) throw new PatchbayError("artifact_store_unavailable", "Down.");
      removed.push(digest);
    },
  };
  const log = {
    info: (facts: unknown) => void state.lines.push(facts),
    warn: () => undefined,
    error: () => undefined,
  };
  const world = { now: () => NOW, newId: randomUUID, nodeId: "n", patchbayVersion: "1.0.0", log };
  const collection = new ArtifactCollection(
    { ...stores, transaction } as unknown as Database,
    store as unknown as ConstructorParameters<typeof ArtifactCollection>[1],
    world,
  );
  return { collection, state, removed, asked };
};

describe("the collection of what nobody needs", () => {
  it("counts and tells at first, and removes the next time, with a line of history for each version", async () => {
    const { collection, state, removed, asked } = nodeWith({
      versions: ["1.0.0", "1.1.0"],
      artifacts: ["a"],
    });
    expect(await collection.run()).toEqual({ versions: 2, artifacts: 1, dryRun: true });
    expect([state.audit, removed]).toEqual([[], []]);
    expect(await collection.run()).toEqual({ versions: 2, artifacts: 1, dryRun: false });
    expect(removed).toEqual(["a"]);
    expect(state.audit).toMatchObject([
      { action: "package.removed", organizationId: "o", pluginId: "acme.p", detail: { version: "1.0.0" } },
      { action: "package.removed", detail: { version: "1.1.0", digest: "d" } },
    ]);
    expect(state.lines).toMatchObject([{ dryRun: true }, { dryRun: false }]);
    expect(asked).toEqual([
      [3, DAY_BEFORE],
      [3, DAY_BEFORE],
    ]);
    expect(await collection.run()).toEqual({ versions: 0, artifacts: 0, dryRun: false });
    expect(state.lines).toHaveLength(2);
  });

  it("goes on the next time when the store is down", async () => {
    const { collection, state, removed } = nodeWith({ versions: [], artifacts: ["a"] });
    await collection.run();
    state.isDown = true;
    await expect(collection.run()).rejects.toMatchObject({ code: "artifact_store_unavailable" });
    state.isDown = false;
    expect(await collection.run()).toEqual({ versions: 0, artifacts: 1, dryRun: false });
    expect(removed).toEqual(["a"]);
  });
});
