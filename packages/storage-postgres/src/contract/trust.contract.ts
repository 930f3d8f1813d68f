import { randomUUID } from "node:crypto";
import type { Change, PublisherKey } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { newOrganization, packageOf, refusal, type Subject, times } from "./fixtures.ts";

const keyOf = (publisher: string, more: Partial<PublisherKey> = {}): PublisherKey => ({
  publisher,
  keyId: randomUUID(),
  publicKey: "key",
  endorsement: null,
  revoked: null,
  learnedFrom: "https://market.example",
  learnedAt: new Date("2026-01-02T03:04:05.678Z"),
  seal: "v1.x.y",
  ...more,
});

export const describeTrust = (subject: () => Subject): void => {
  const keys = () => subject().database.publisherKeys;

  describe("publishers' keys", () => {
    it("come back as they were put, in the order in which they came, and are told to all nodes", async () => {
      const publisher = `p-${randomUUID()}`;
      const changes: Change[] = [];
      const stop = subject().other.changes.subscribe((change) => changes.push(change));
      const first = keyOf(publisher);
      const endorsement = { keyId: first.keyId, signature: "s" };
      const second = keyOf(publisher, { endorsement });
      for (const key of [first, second]) await keys().put(key);
      expect(await keys().list(publisher)).toEqual([first, second]);
      await expect.poll(() => changes).toContainEqual({ kind: "publisher", id: publisher });
      const revoked = { at: new Date("2026-02-03T00:00:00.001Z"), reason: "compromised" as const };
      await keys().put({ ...first, revoked, seal: "v1.x.z" });
      expect(await keys().list(publisher)).toEqual([{ ...first, revoked, seal: "v1.x.z" }, second]);
      expect(await keys().listAll()).toEqual(expect.arrayContaining([second]));
      changes.length = 0;
      expect(await keys().remove(publisher)).toBe(2);
      expect(await keys().remove(publisher)).toBe(0);
      expect(await keys().list(publisher)).toEqual([]);
      await expect.poll(() => changes).toContainEqual({ kind: "publisher", id: publisher });
      stop();
    });

    it("are changed by one at a time", async () => {
      const publisher = `p-${randomUUID()}`;
      await times(6, (index) =>
        (index % 2 ? subject().other : subject().database).transaction(async (stores) => {
          await stores.publisherKeys.lock(publisher);
          if ((await stores.publisherKeys.list(publisher)).length === 0)
            await stores.publisherKeys.put(keyOf(publisher));
        }),
      );
      expect(await keys().list(publisher)).toHaveLength(1);
    });
  });

  describe("what a version came with", () => {
    it("is kept, and can be put right by who knows its bytes", async () => {
      const { catalog } = subject().database;
      const organizationId = await newOrganization(subject().database);
      const provenance = { source: "https://a.example", builder: "https://b.example", verifiedAt: "now" };
      const added = packageOf({ organizationId, signature: "{}", provenance, seal: "v1.a.b" });
      const { version } = await catalog.addVersion(added);
      expect(version).toMatchObject({ signature: "{}", provenance, seal: "v1.a.b" });
      const amended = await catalog.amendVersion({
        ...added,
        signature: null,
        provenance: null,
        seal: "v1.c.d",
      });
      expect(amended).toEqual({ ...version, signature: null, provenance: null, seal: "v1.c.d" });
      const elsewhere = { ...added, digest: "b".repeat(64) };
      expect(await refusal(catalog.amendVersion(elsewhere))).toBe("package_not_found");
    });
  });
};
