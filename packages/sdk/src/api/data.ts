export interface DataStream {
  readonly name: string;
  readonly records: number;
}

export interface DataQuery {
  /** Equal values by field of the record. */
  readonly where?: Readonly<Record<string, unknown>>;
  readonly limit?: number;
  readonly cursor?: string;
}

/**
 * Synchronized records, by stream. Reading needs `data.read`, `upsert` needs `data.write`; both may be narrowed to
 * streams. Throws `NotAvailableError` in this version.
 */
export interface DataApi {
  streams(): Promise<readonly DataStream[]>;
  query(
    stream: string,
    query?: DataQuery,
  ): Promise<{ readonly items: readonly Readonly<Record<string, unknown>>[]; readonly cursor?: string }>;
  /** How many records were written. */
  upsert(
    stream: string,
    records: readonly Readonly<Record<string, unknown>>[],
  ): Promise<{ readonly written: number }>;
}
