import { createHash, type Hash } from "node:crypto";

const LINE_END = 0x0a;

/** What a backup holds. */
export interface BackupCounts {
  readonly rows: number;
  readonly artifacts: number;
  /** Artifacts that the deployment itself did not have any more, or had damaged. */
  readonly missing: number;
}

/**
 * Counts what is in a backup, on the writer's side and on the reader's. What it comes to is the last file: it follows from all the
 * bytes before it, so that none of them can be another one.
 */
export class BackupTally {
  readonly #archive = createHash("sha256");
  readonly #tables = new Map<string, { rows: number; hash: Hash }>();
  #artifacts = 0;
  #missing = 0;

  constructor(tables: readonly string[]) {
    for (const name of tables) this.#tables.set(name, { rows: 0, hash: createHash("sha256") });
  }

  /** Every byte of the archive before its last file. */
  bytes(block: Uint8Array): void {
    this.#archive.update(block);
  }

  /** A row is a line; line ends within values are escaped. */
  rows(table: string, piece: Uint8Array): void {
    const counted = this.#tables.get(table);
    if (counted === undefined) throw new Error(`No table ${table} was announced.`);
    counted.hash.update(piece);
    for (let at = piece.indexOf(LINE_END); at !== -1; at = piece.indexOf(LINE_END, at + 1)) counted.rows += 1;
  }

  artifact(): void {
    this.#artifacts += 1;
  }

  missing(): void {
    this.#missing += 1;
  }

  get counts(): BackupCounts {
    const rows = [...this.#tables.values()].reduce((sum, one) => sum + one.rows, 0);
    return { rows, artifacts: this.#artifacts, missing: this.#missing };
  }

  /** The content of `end.json`. May be asked for once. */
  end(): Buffer {
    const tables = [...this.#tables].map(([name, { rows, hash }]) => ({
      name,
      rows,
      sha256: hash.digest("hex"),
    }));
    const { artifacts, missing } = this.counts;
    return Buffer.from(JSON.stringify({ tables, artifacts, missing, archive: this.#archive.digest("hex") }));
  }
}
