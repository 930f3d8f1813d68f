import type { BackupManifestDto } from "@patchbay/protocol";
import { artifactPath, BACKUP_END, BACKUP_MANIFEST, missingPath, piecePath } from "./layout.ts";
import { MAX_PIECE_BYTES } from "./limits.ts";
import { BackupTally } from "./tally.ts";
import { encodeHeader, padding, TAR_END } from "./tar-header.ts";

/** What a backup is made of. */
export interface BackupSource {
  readonly manifest: BackupManifestDto;
  /** The rows of a table as lines of text. */
  rows(table: string): AsyncIterable<Uint8Array>;
  /** Digests of all artifacts that the rows name, each once. */
  readonly digests: readonly string[];
  /** Its bytes; null when they are lost or damaged. */
  artifact(digest: string): Promise<Uint8Array | null>;
}

/** The bytes of a backup as a tar, made as they are asked for: rows first, then artifacts, and last what it all comes to. */
export async function* writeBackup(source: BackupSource): AsyncGenerator<Uint8Array> {
  const tally = new BackupTally(source.manifest.tables.map(({ name }) => name));
  for await (const { name, content } of contents(source, tally)) {
    for (const block of file(name, content)) {
      tally.bytes(block);
      yield block;
    }
  }
  yield* file(BACKUP_END, tally.end());
  yield TAR_END;
}

async function* contents(
  { manifest, rows, digests, artifact }: BackupSource,
  tally: BackupTally,
): AsyncGenerator<{ readonly name: string; readonly content: Uint8Array }> {
  yield { name: BACKUP_MANIFEST, content: Buffer.from(JSON.stringify(manifest)) };
  for (const { name: table } of manifest.tables) {
    let count = 0;
    for await (const content of pieces(rows(table))) {
      tally.rows(table, content);
      count += 1;
      yield { name: piecePath(table, count), content };
    }
  }
  for (const digest of digests) {
    const content = await artifact(digest);
    if (content === null) tally.missing();
    else tally.artifact();
    yield content === null
      ? { name: missingPath(digest), content: new Uint8Array() }
      : { name: artifactPath(digest), content };
  }
}

/** The same bytes in as few pieces as may be. */
async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (let chunk of chunks) {
    while (bytes + chunk.length >= MAX_PIECE_BYTES) {
      const fitting = MAX_PIECE_BYTES - bytes;
      yield Buffer.concat([...waiting, chunk.subarray(0, fitting)]);
      chunk = chunk.subarray(fitting);
      [waiting, bytes] = [[], 0];
    }
    waiting.push(chunk);
    bytes += chunk.length;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

function* file(name: string, content: Uint8Array): Generator<Uint8Array> {
  yield encodeHeader(name, content.length);
  if (content.length > 0) yield content;
  const rest = padding(content.length);
  if (rest.length > 0) yield rest;
}
