import { createHash } from "node:crypto";
import { type BackupManifestDto, PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BackupPart, readBackup } from "./read-backup.ts";
import { writeBackup } from "./write-backup.ts";

const MiB = 1024 * 1024;
const digestOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const artifacts = new Map(
  ["first artifact", "the second one"].map((text) => [digestOf(Buffer.from(text)), Buffer.from(text)]),
);
const lost = "0".repeat(64);
const manifest: BackupManifestDto = {
  backupVersion: 1,
  patchbayVersion: "1.0.0",
  createdAt: "2026-01-01T00:00:00.000Z",
  migrations: ["001-initial-tables"],
  secretKeys: ["0123456789abcdef"],
  tables: ["people", "nobody", "things"].map((name) => ({ name, columns: ["id"] })),
  counters: [{ table: "things", column: "id", value: "3" }],
};
const ROWS: Readonly<Record<string, readonly string[]>> = { people: ["1\n2\n"], things: ["a\\nb\n", "c\n"] };

async function* textsOf(texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}
const bytesOf = async (rows = ROWS, of = manifest): Promise<Buffer> => {
  const made = writeBackup({
    manifest: of,
    rows: (table) => textsOf(rows[table] ?? []),
    digests: [lost, ...artifacts.keys()].sort(),
    artifact: async (digest) => artifacts.get(digest) ?? null,
  });
  return Buffer.concat(await Array.fromAsync(made));
};
const partsOf = async (bytes: Buffer, step = 1_000): Promise<BackupPart[]> => {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  return await Array.fromAsync(readBackup(chunks()));
};
const refusal = async (bytes: Buffer): Promise<string> =>
  await partsOf(bytes).then(
    () => "taken",
    (error: unknown) => (error instanceof PatchbayError ? error.code : String(error)),
  );

describe("a backup", () => {
  it("comes out as it went in, in whatever chunks it travels", async () => {
    const bytes = await bytesOf();
    for (const step of [1, 511, 512, 1_000_000]) {
      const parts = await partsOf(bytes, step);
      expect(parts[0]).toEqual({ kind: "manifest", manifest });
      const rows = parts.flatMap((part) => (part.kind === "rows" ? [[part.table, String(part.bytes)]] : []));
      expect(rows).toEqual([
        ["people", "1\n2\n"],
        ["things", "a\\nb\nc\n"],
      ]);
      expect(parts.at(-1)).toEqual({ kind: "end", counts: { rows: 4, artifacts: 2, missing: 1 } });
    }
  });

  it("cuts long tables into pieces that fit into memory", async () => {
    const line = `${"x".repeat(MiB - 1)}\n`;
    const parts = await partsOf(await bytesOf({ people: Array<string>(20).fill(line) }), MiB);
    const sizes = parts.flatMap((part) => (part.kind === "rows" ? [part.bytes.length / MiB] : []));
    expect(sizes).toEqual([8, 8, 4]);
  });

  it("is refused wherever it is cut, changed or made longer", async () => {
    const bytes = await bytesOf();
    const tamper = fc.oneof(
      fc.nat(bytes.length - 1).map((at) => bytes.subarray(0, at)),
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ by;
        return changed;
      }),
      fc.uint8Array({ minLength: 1, maxLength: 2_000 }).map((more) => Buffer.concat([bytes, more])),
    );
    await fc.assert(
      fc.asyncProperty(tamper, async (changed) => {
        expect(await refusal(changed)).toBe("backup_invalid");
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["a table twice", { ...manifest, tables: [...manifest.tables, ...manifest.tables] }],
    ["a table of another name", { ...manifest, tables: [{ name: 'x"; drop', columns: ["id"] }] }],
    ["another form", { ...manifest, backupVersion: 2 }],
    ["something unknown", { ...manifest, more: 1 }],
  ])("is refused with %s", async (_what, wrong) => {
    expect(await refusal(await bytesOf({}, wrong as BackupManifestDto))).toBe("backup_invalid");
  });
});
