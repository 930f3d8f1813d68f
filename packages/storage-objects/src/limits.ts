/** Every number has its unit in its name and its reason beside it. */

const GiB = 1024 ** 3;

/** How long an S3 server may take. */
export interface S3Times {
  /** To take a connection. */
  readonly connectMs: number;
  /** For a request without a large body, retries included. */
  readonly requestMs: number;
  /** Between two parts of a body, either way. */
  readonly idleMs: number;
  /** For a whole artifact: one of 50 MiB at half a megabyte a second. */
  readonly transferMs: number;
}

export const S3_TIMES: S3Times = {
  connectMs: 3_000,
  requestMs: 15_000,
  idleMs: 10_000,
  transferMs: 100_000,
};

/** Attempts of one request. What fails three times within seconds is down. */
export const S3_ATTEMPTS = 3;
/** Copies of artifacts that a node keeps in its data folder when S3 is the store. */
export const MAX_CACHE_BYTES = 10 * GiB;
/** A full cache is emptied to this part of its size, the least recently used first: seldom, and then by much. */
export const CACHE_KEPT_PART = 0.9;
/** How long an address works with which a client fetches an artifact from S3 itself: it is followed at once. */
export const ADDRESS_LIFETIME_SECONDS = 120;
/** Artifacts that are brought to S3 at the same time. */
export const SHARED_AT_ONCE = 4;
