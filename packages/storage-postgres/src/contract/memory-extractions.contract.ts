import { randomUUID } from "node:crypto";
import type { Installation, MemoryOwner, MemorySpace } from "@patchbay/core";
import type { ExtractionReport } from "@patchbay/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { newInstallation, refusal, type Subject } from "./fixtures.ts";
import { BY, MESSAGES, memoryOf, NOW, OPEN, ownerOf, PLENTY, SPACES } from "./memory-fixtures.ts";

const REPORT: ExtractionReport = {
  model: "a/b",
  found: 0,
  added: 0,
  merged: 0,
  unchanged: 0,
  dropped: { unknownMessage: 0, notFromPerson: 0, notQuoted: 0, unsupported: 0, tooLong: 0 },
};

export const describeMemoryExtractions = (subject: () => Subject): void => {
  const store = () => subject().database.memories;
  let installation: Installation;
  let owner: MemoryOwner;
  let space: MemorySpace;
  beforeEach(async () => {
    installation = await newInstallation(subject().database);
    owner = ownerOf(installation);
    space = await store().createSpace(owner, { name: "notes", userId: null }, SPACES);
  });
  const list = async () => (await store().list(space.id, { now: NOW }, { limit: 100 })).items;

  describe("extractions", () => {
    const addOne = async (mostOpen = OPEN): Promise<string> => {
      const id = randomUUID();
      await store().addExtraction(
        {
          id,
          installationId: installation.id,
          spaceId: space.id,
          messages: MESSAGES,
          model: "a/b",
          project: "apollo",
          userId: "ada",
          apiKeyId: "key",
        },
        mostOpen,
      );
      return id;
    };

    it("are begun, tried again, and end once, with what they have kept", async () => {
      const id = await addOne();
      const job = await store().beginExtraction(id);
      const { organizationId, pluginId, version } = installation;
      expect(job).toEqual({
        id,
        installationId: installation.id,
        organizationId,
        pluginId,
        version,
        spaceId: space.id,
        messages: MESSAGES,
        model: "a/b",
        project: "apollo",
        userId: "ada",
        apiKeyId: "key",
      });
      await store().failExtraction(id, { code: "model_failed", message: "Too much." }, false);
      expect(await store().findExtraction(owner, id)).toMatchObject({
        state: "running",
        attempts: 1,
        error: { code: "model_failed" },
        endedAt: null,
      });
      const other = ownerOf(await newInstallation(subject().database));
      expect(await store().findExtraction(other, id)).toBeNull();
      const head = { change: id, kind: "extract", by: BY } as const;
      const settle = async () =>
        await store().write(space, head, PLENTY, async (writer) => {
          await writer.put(memoryOf(randomUUID()));
          if (!(await writer.settle(id, REPORT))) throw new Error("ended");
        });
      const outcomes = await Promise.allSettled([settle(), settle()]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(await list()).toHaveLength(1);
      expect(await store().findExtraction(owner, id)).toMatchObject({
        state: "succeeded",
        report: REPORT,
        error: null,
        endedAt: expect.any(Date),
      });
      expect(await store().beginExtraction(id)).toBeNull();
      await store().failExtraction(id, { code: "internal", message: "late" }, true);
      expect((await store().findExtraction(owner, id))?.state).toBe("succeeded");
    });

    it("are bounded while they are open, and found where nobody is at them", async () => {
      const id = await addOne({ ...OPEN, all: 1 });
      expect(await refusal(addOne({ ...OPEN, all: 1 }))).toBe("quota_exceeded");
      const soon = new Date(Date.now() + 60_000);
      expect(await store().listOpenExtractions(soon, 1_000)).toContain(id);
      expect(await store().listOpenExtractions(new Date(0), 1_000)).toEqual([]);
      await store().failExtraction(id, { code: "internal", message: "No." }, true);
      expect(await store().listOpenExtractions(soon, 1_000)).not.toContain(id);
      await addOne({ ...OPEN, all: 1 });
      const gone = {
        id: randomUUID(),
        installationId: installation.id,
        spaceId: randomUUID(),
        messages: MESSAGES,
        model: null,
        project: null,
        userId: null,
        apiKeyId: null,
      };
      expect(await refusal(store().addExtraction(gone, OPEN))).toBe("memory_not_found");
      await store().trim(soon);
      expect(await store().findExtraction(owner, id)).toBeNull();
    });
  });
};
