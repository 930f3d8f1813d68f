import type { Database } from "@patchbay/core";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { newInstallation, refusal, type Subject, times } from "./fixtures.ts";

const PLENTY = 1_000_000_000;
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const describePluginData = (subject: () => Subject): void => {
  const data = (): Database["pluginData"] => subject().database.pluginData;
  let id: string;
  beforeEach(async () => {
    id = (await newInstallation(subject().database)).id;
  });
  const file = (content: string, contentType: string | null = null) => ({
    bytes: new TextEncoder().encode(content),
    contentType,
  });

  describe("plugin values", () => {
    it("come back exactly, whatever JSON they are and whatever their keys are", async () => {
      const text = fc.string({ unit: "binary" });
      const key = text.filter((one) => !one.includes("\0") && one.isWellFormed());
      await fc.assert(
        fc.asyncProperty(key, fc.jsonValue({ stringUnit: "binary" }), async (name, value) => {
          await data().set(id, name, value, PLENTY);
          expect(await data().get(id, name)).toEqual(JSON.parse(JSON.stringify(value)));
        }),
        {
          numRuns: 60,
          examples: [
            ["", null],
            ["nul", "a\0b"],
            ["half", "\ud800"],
            ["k", { "\0": ["", {}] }],
          ],
        },
      );
    });

    it("tell null from nothing, and say whether there was one to delete", async () => {
      expect(await data().get(id, "k")).toBeUndefined();
      await data().set(id, "k", null, PLENTY);
      expect(await data().get(id, "k")).toBeNull();
      expect(await data().delete(id, "k")).toBe(true);
      expect(await data().delete(id, "k")).toBe(false);
      expect(await data().get(id, "k")).toBeUndefined();
    });

    it("belong to one installation", async () => {
      const { id: other } = await newInstallation(subject().database);
      await data().set(id, "k", "mine", PLENTY);
      expect(await data().get(other, "k")).toBeUndefined();
      expect(await data().delete(other, "k")).toBe(false);
      expect(await data().list(other, { limit: 10 })).toEqual({ items: [] });
      expect(await data().get(id, "k")).toBe("mine");
    });

    it("are listed by prefix in bytewise order, page by page", async () => {
      const keys = ["", "a", "a%", "a%b", "a_c", "aXc", "a\\d", "A", "ä", "zz", "a😀", "a\uffee"];
      for (const key of keys) await data().set(id, key, key, PLENTY);
      const all = async (prefix: string | undefined, limit: number) => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await data().list(id, { limit, ...(prefix && { prefix }), ...(cursor && { cursor }) });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(({ key }) => key));
          cursor = page.cursor;
        } while (cursor !== undefined);
        return found;
      };
      for (const prefix of [undefined, "a", "a%", "a_", "a\\", "ä", "none"]) {
        const expected = keys.filter((key) => key.startsWith(prefix ?? "")).sort(byBytes);
        expect(await all(prefix, 3)).toEqual(expected);
      }
    });

    it("are refused under a key that could be mistaken for another, and behind a foreign cursor", async () => {
      expect(await refusal(data().set(id, "a\0", 1, PLENTY))).toBe("invalid_input");
      expect(await refusal(data().set(id, "\ud800", 1, PLENTY))).toBe("invalid_input");
      expect(await refusal(data().list(id, { limit: 1, cursor: "%%" }))).toBe("invalid_input");
    });
  });

  describe("plugin files", () => {
    it("come back byte for byte with their type, empty ones too", async () => {
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
      await data().writeFile(id, "dir/a.bin", { bytes, contentType: "application/x" }, PLENTY);
      await data().writeFile(id, "empty", file(""), PLENTY);
      const read = await data().readFile(id, "dir/a.bin");
      expect(read?.contentType).toBe("application/x");
      expect(Buffer.compare(read?.bytes ?? Buffer.alloc(0), bytes)).toBe(0);
      expect((await data().readFile(id, "empty"))?.bytes).toHaveLength(0);
      expect(await data().readFile(id, "dir")).toBeNull();
      const { items } = await data().listFiles(id, { limit: 5, prefix: "dir/" });
      expect(items).toEqual([{ key: "dir/a.bin", bytes: 100_000, updatedAt: expect.any(String) }]);
      expect(await data().deleteFile(id, "dir/a.bin")).toBe(true);
      expect(await data().deleteFile(id, "dir/a.bin")).toBe(false);
    });
  });

  describe("the quota", () => {
    it("counts values and files together, with their names, and gives back what is freed", async () => {
      await data().set(id, "key", "12345", PLENTY);
      await data().writeFile(id, "file", file("123456"), PLENTY);
      expect(await data().usage(id)).toEqual({
        values: 1,
        files: 1,
        conversations: 0,
        memories: 0,
        bytes: 3 + 7 + 4 + 6,
      });
      await data().set(id, "key", "1", PLENTY);
      await data().writeFile(id, "file", file("1"), PLENTY);
      expect(await data().usage(id)).toEqual({
        values: 1,
        files: 1,
        conversations: 0,
        memories: 0,
        bytes: 3 + 3 + 4 + 1,
      });
      await data().delete(id, "key");
      await data().deleteFile(id, "file");
      expect(await data().usage(id)).toEqual({
        values: 0,
        files: 0,
        conversations: 0,
        memories: 0,
        bytes: 0,
      });
    });

    it("refuses what would not fit and leaves what was there", async () => {
      await data().set(id, "a", "1234567", 10);
      expect(await refusal(data().set(id, "b", 1, 10))).toBe("quota_exceeded");
      expect(await refusal(data().set(id, "a", "12345678", 10))).toBe("quota_exceeded");
      expect(await refusal(data().writeFile(id, "f", file(""), 10))).toBe("quota_exceeded");
      expect(await data().get(id, "a")).toBe("1234567");
      await data().set(id, "a", "123456", 5);
      expect(await data().usage(id)).toEqual({
        values: 1,
        files: 0,
        conversations: 0,
        memories: 0,
        bytes: 9,
      });
    });

    it("holds against many writers at once, on several nodes", async () => {
      const outcomes = await times(20, async (index) => {
        const { pluginData } = index % 2 ? subject().other : subject().database;
        if (index % 3) return await refusal(pluginData.set(id, `k${index % 10}`, "x".repeat(90), 500));
        return await refusal(pluginData.writeFile(id, `f${index % 10}`, file("x".repeat(90)), 500));
      });
      expect(outcomes).toContain("quota_exceeded");
      const values = await data().list(id, { limit: 50 });
      const files = await data().listFiles(id, { limit: 50 });
      const usage = await data().usage(id);
      expect(usage).toMatchObject({ values: values.items.length, files: files.items.length });
      const stored = [...values.items, ...files.items];
      expect(usage.bytes).toBe(stored.reduce((sum, { key, bytes }) => sum + key.length + bytes, 0));
      expect(usage.bytes).toBeLessThanOrEqual(500);
    });

    it("stays right while writers and removers of one key meet", async () => {
      await times(30, async (index) => {
        const { pluginData } = index % 2 ? subject().other : subject().database;
        await (index % 3 ? pluginData.set(id, "k", "x".repeat(index), PLENTY) : pluginData.delete(id, "k"));
      });
      await data().delete(id, "k");
      expect(await data().usage(id)).toEqual({
        values: 0,
        files: 0,
        conversations: 0,
        memories: 0,
        bytes: 0,
      });
    });

    it("lets an installation be removed while its plugin writes", async () => {
      await data().set(id, "k", 0, PLENTY);
      const writes = times(20, async (index) => {
        const { pluginData } = index % 2 ? subject().other : subject().database;
        if (index % 3) return await refusal(pluginData.set(id, `k${index % 4}`, index, PLENTY));
        return await refusal(pluginData.delete(id, `k${index % 4}`));
      });
      await subject().database.installations.remove(id, 1);
      const refused = (await writes).filter((code) => !code.startsWith("succeeded"));
      expect(refused.filter((code) => code !== "plugin_not_installed")).toEqual([]);
      expect(await data().usage(id)).toEqual({
        values: 0,
        files: 0,
        conversations: 0,
        memories: 0,
        bytes: 0,
      });
    });
  });
};
