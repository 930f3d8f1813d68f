import { invalidParams } from "./rpc-errors.ts";

/** How long a client may go by a list without asking again: what changes it is told. */
const LIST_TTL_MS = 60_000;
/** Of one caller alone: what they may use decides what is listed. */
export const CACHING = { ttlMs: LIST_TTL_MS, cacheScope: "private" } as const;

/** Entries that clients get at once, and bytes of their JSON: many of them read the first page alone. */
const MAX_PAGE = 500;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** A page of a list whose names are in order, or stay where they are. The cursor is the last name of the page before, so that a page that is gone loses nothing. Throws a protocol error for one that is none. */
export const pageOfNamed = <T extends { readonly name: string }>(
  all: readonly T[],
  cursor: string | undefined,
): { readonly items: readonly T[]; readonly nextCursor?: string } => {
  const start = cursor === undefined ? 0 : placeAfter(all, cursor);
  const items = fitting(all.slice(start, start + MAX_PAGE), MAX_PAGE_BYTES);
  const last = items.at(-1);
  return start + items.length >= all.length || last === undefined
    ? { items }
    : { items, nextCursor: Buffer.from(last.name).toString("base64url") };
};

/** As many as have so many bytes of JSON together, and one at least. */
export const fitting = <T>(items: readonly T[], maxBytes: number): readonly T[] => {
  let bytes = 0;
  const end = items.findIndex((item, place) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > maxBytes && place > 0;
  });
  return end < 0 ? items : items.slice(0, end);
};

const placeAfter = (all: readonly { readonly name: string }[], cursor: string): number => {
  const name = Buffer.from(cursor, "base64url").toString();
  const place = all.findIndex((one) => one.name === name);
  if (place >= 0) return place + 1;
  const next = all.findIndex((one) => one.name > name);
  const isCursor = name !== "" && Buffer.from(name).toString("base64url") === cursor;
  if (!isCursor || next < 0) throw invalidParams("The cursor is none of this list's. Begin it anew.");
  return next;
};
