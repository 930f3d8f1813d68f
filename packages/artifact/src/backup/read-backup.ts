import { createHash } from "node:crypto";
import { BackupManifestDto, PatchbayError, parseJson, schemaErrors } from "@patchbay/protocol";
import { ByteReader } from "./byte-reader.ts";
import { artifactPath, BACKUP_END, BACKUP_MANIFEST, missingPath, piecePath } from "./layout.ts";
import { MAX_BACKUP_ARTIFACT_BYTES, MAX_BACKUP_MANIFEST_BYTES, MAX_PIECE_BYTES } from "./limits.ts";
import { type BackupCounts, BackupTally } from "./tally.ts";
import { BLOCK_BYTES, decodeHeader, padding, TAR_END } from "./tar-header.ts";

/** What is found in a backup, one after the other. */
export type BackupPart =
  | { readonly kind: "manifest"; readonly manifest: BackupManifestDto }
  | { readonly kind: "rows"; readonly table: string; readonly bytes: Buffer }
  /** The bytes have the digest. */
  | { readonly kind: "artifact"; readonly digest: string; readonly bytes: Buffer }
  | { readonly kind: "missing"; readonly digest: string }
  /** Nothing of the backup counts before this has come. */
  | { readonly kind: "end"; readonly counts: BackupCounts };

/**
 * Reads a backup as it comes. Every byte of it is accounted for: one that is missing, changed or too many is found before `end`.
 * Throws `backup_invalid`, and what the source throws.
 */
export async function* readBackup(source: AsyncIterable<Uint8Array>): AsyncGenerator<BackupPart> {
  const reader = new ByteReader(source);
  try {
    const first = await readFile(reader);
    if (first.name !== BACKUP_MANIFEST) throw invalid(`It does not begin with ${BACKUP_MANIFEST}`);
    const manifest = manifestFrom(first.content);
    const order = new Order(manifest);
    const tally = new BackupTally(manifest.tables.map(({ name }) => name));
    first.blocks.forEach((block) => void tally.bytes(block));
    yield { kind: "manifest", manifest };
    for (;;) {
      const { name, content, blocks } = await readFile(reader);
      if (name === BACKUP_END) {
        if (!content.equals(tally.end())) throw invalid("It was changed");
        break;
      }
      const part = order.next(name, content);
      if (part.kind === "rows") tally.rows(part.table, part.bytes);
      else if (part.kind === "artifact") tally.artifact();
      else tally.missing();
      blocks.forEach((block) => void tally.bytes(block));
      yield part;
    }
    if (!(await reader.take(TAR_END.length + 1)).equals(TAR_END))
      throw invalid("It does not end where it should");
    yield { kind: "end", counts: tally.counts };
  } finally {
    await reader.close();
  }
}

interface ReadFile {
  readonly name: string;
  readonly content: Buffer;
  /** All of it as it stands in the archive. */
  readonly blocks: readonly Buffer[];
}

const readFile = async (reader: ByteReader): Promise<ReadFile> => {
  const header = await exactly(reader, BLOCK_BYTES);
  const found = decodeHeader(header);
  if (found === null) throw invalid("It holds something that no backup holds, or was changed");
  const { name, sizeBytes } = found;
  if (sizeBytes > maxBytesOf(name))
    throw invalid(`${name} has ${sizeBytes} bytes, more than any of its kind`);
  const content = await exactly(reader, sizeBytes);
  const filled = padding(sizeBytes);
  if (!(await exactly(reader, filled.length)).equals(filled)) throw invalid("It was changed");
  return { name, content, blocks: [header, content, filled] };
};

const maxBytesOf = (name: string): number => {
  if (name.startsWith("tables/")) return MAX_PIECE_BYTES;
  return name.startsWith("artifacts/") ? MAX_BACKUP_ARTIFACT_BYTES : MAX_BACKUP_MANIFEST_BYTES;
};

const exactly = async (reader: ByteReader, bytes: number): Promise<Buffer> => {
  const taken = await reader.take(bytes);
  if (taken.length < bytes) throw invalid("It is cut off");
  return taken;
};

const manifestFrom = (content: Buffer): BackupManifestDto => {
  const parsed = parseJson(content);
  if (!parsed.ok) throw invalid(`${BACKUP_MANIFEST} ${parsed.error}`);
  const version = (parsed.value as { backupVersion?: unknown } | null)?.backupVersion;
  if (typeof version === "number" && version > 1)
    throw new PatchbayError("backup_invalid", "A newer Patchbay made this backup. Restore it with that one.");
  const [fault] = schemaErrors(BackupManifestDto, parsed.value);
  if (fault !== undefined)
    throw invalid(`${BACKUP_MANIFEST} is not valid at ${fault.pointer}: ${fault.message}`);
  const manifest = parsed.value as BackupManifestDto;
  if (new Set(manifest.tables.map(({ name }) => name)).size < manifest.tables.length)
    throw invalid("A table is listed twice");
  return manifest;
};

/** What may come next: pieces of tables as they are listed, then artifacts in the order of their digests. */
class Order {
  readonly #tables: readonly string[];
  #table = 0;
  #piece = 1;
  #digest = "";

  constructor({ tables }: BackupManifestDto) {
    this.#tables = tables.map(({ name }) => name);
  }

  next(name: string, bytes: Buffer): Exclude<BackupPart, { kind: "manifest" | "end" }> {
    const [, kind = "", digest = ""] = /^(artifacts|missing)\/([0-9a-f]{64})$/.exec(name) ?? [];
    if (kind === "") return { kind: "rows", table: this.#tableOf(name), bytes };
    if (digest <= this.#digest) throw outOfPlace(name);
    this.#digest = digest;
    if (name === missingPath(digest)) {
      if (bytes.length > 0) throw outOfPlace(name);
      return { kind: "missing", digest };
    }
    if (createHash("sha256").update(bytes).digest("hex") !== digest)
      throw invalid(`The content of ${artifactPath(digest)} was changed`);
    return { kind: "artifact", digest, bytes };
  }

  #tableOf(name: string): string {
    if (this.#digest !== "") throw outOfPlace(name);
    for (; this.#table < this.#tables.length; this.#table += 1, this.#piece = 1) {
      const table = this.#tables[this.#table] ?? "";
      if (name !== piecePath(table, this.#piece)) continue;
      this.#piece += 1;
      return table;
    }
    throw outOfPlace(name);
  }
}

const outOfPlace = (name: string) => invalid(`${JSON.stringify(name)} is not listed, or out of its place`);

const invalid = (what: string): PatchbayError =>
  new PatchbayError(
    "backup_invalid",
    `${what}: this is no whole backup. Get it once more from where it was kept.`,
  );
