import { PatchbayError } from "@patchbay/protocol";
import pg from "pg";

const FOREIGN_KEY_VIOLATION = "23503";
const UNIQUE_VIOLATION = "23505";
/** A NUL character in a text parameter. */
const TEXT_UNSTORABLE = "22021";
const DISK_FULL = "53100";
/** It takes no changes: a stand-by, or set so by its operator. */
const READ_ONLY = "25006";
/** The server is starting or stopping, lets nobody in, or has ended the connection. */
const GONE_STATES = new Set(["57P01", "57P02", "57P03", "53300"]);
const CONNECTION_CLASS = "08";
const NETWORK_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EHOSTUNREACH"]);
/** What `pg` throws without a code when a connection ends under a query or cannot be had. */
const NETWORK_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Which foreign key a statement broke; null when that is not what went wrong. */
export const brokenForeignKey = (error: unknown): string | null =>
  error instanceof pg.DatabaseError && error.code === FOREIGN_KEY_VIOLATION ? (error.constraint ?? "") : null;

/** Whether a statement would have had something twice of which there may be one. */
export const isTaken = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION;

/** Whether the database cannot be reached now and may be later. */
export const isUnreachable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isUnreachable)) return true;
  const code = "code" in error ? String(error.code) : "";
  return (
    NETWORK_CODES.has(code) ||
    GONE_STATES.has(code) ||
    (error instanceof pg.DatabaseError && code.startsWith(CONNECTION_CLASS)) ||
    NETWORK_MESSAGES.test(error.message)
  );
};

/** The error that callers see for one of the driver's: `unavailable`, `insufficient_storage`, `invalid_request`, or the same. */
export const explain = (error: unknown): unknown => {
  if (isUnreachable(error))
    return new PatchbayError("unavailable", "The database cannot be reached. Try again in a moment.", {
      cause: error,
    });
  if (!(error instanceof pg.DatabaseError)) return error;
  if (error.code === DISK_FULL)
    return new PatchbayError(
      "insufficient_storage",
      "The disk of the database is full. Nothing was changed.",
      {
        cause: error,
      },
    );
  if (error.code === READ_ONLY)
    return new PatchbayError("unavailable", "The database takes no changes now: it is read-only.", {
      cause: error,
    });
  if (error.code === TEXT_UNSTORABLE)
    return new PatchbayError("invalid_request", "Text cannot contain the NUL character.", { cause: error });
  return error;
};
