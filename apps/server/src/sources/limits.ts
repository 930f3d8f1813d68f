const MiB = 1024 * 1024;

/** What a server may take to answer, between two pieces of its answer, and for all of a document. */
export interface Patience {
  readonly answerMs: number;
  readonly idleMs: number;
  readonly documentMs: number;
  readonly packageMs: number;
}

/** People wait for these; what is fetched in the background has time enough by them too. */
export const PATIENCE: Patience = {
  answerMs: 10_000,
  idleMs: 10_000,
  documentMs: 30_000,
  // The largest package at 2 Mbit/s.
  packageMs: 240_000,
};

/** Most servers need one or two; GitHub needs two for a private asset. */
export const MAX_REDIRECTS = 5;

/** The index of a static mirror: 100,000 packages at some 400 bytes. */
export const MAX_INDEX_BYTES = 64 * MiB;
/** Other documents. A package with 200 versions of large manifests has 5 MiB. */
export const MAX_DOCUMENT_ANSWER_BYTES = 8 * MiB;
/** What GitHub says about a repository: 100 releases with their notes. */
export const MAX_GITHUB_ANSWER_BYTES = 8 * MiB;
/** How much of a fault's own words is read. */
export const MAX_FAULT_BYTES = 64 * 1024;

/** Documents of one marketplace that are kept, to be asked for by their ETag. */
export const MAX_KEPT_DOCUMENTS = 200;
/** What they have together, as they came: the largest index, and as much besides. In memory they take several times as much. */
export const MAX_KEPT_BYTES = 2 * MAX_INDEX_BYTES;
/** A document that is as young as this is not asked for again: a page of the console asks for it several times. */
export const FRESH_MS = 5_000;
/** How long a marketplace's own description holds. */
export const DESCRIPTION_MS = 10 * 60_000;

/** How often newer versions are looked for; the first time when a server that starts has less to do. */
export const REFRESH_EVERY_MS = 10 * 60_000;
export const FIRST_REFRESH_MS = 20_000;
