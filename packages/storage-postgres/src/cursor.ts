import type { Page } from "@patchbay/core";
import { type ErrorCode, PatchbayError } from "@patchbay/protocol";

/** The sort key of the last item seen, in a form that asks not to be looked into. */
export const encodeCursor = (position: string): string => Buffer.from(position).toString("base64url");

/** Throws `code` for what is not a cursor. */
export const decodeCursor = (cursor: string, code: ErrorCode = "invalid_request"): string => {
  const position = Buffer.from(cursor, "base64url").toString();
  if (position === "" || position.includes("\0") || encodeCursor(position) !== cursor) throw badCursor(code);
  return position;
};

/** As `decodeCursor`, for positions that the database counts. */
export const decodeCounter = (cursor: string): string => requireCounter(decodeCursor(cursor));

/** Whether it is a number that the database may have counted to. */
export const isCounter = (text: string): boolean => /^\d{1,18}$/.test(text);

/** Throws `invalid_request` for what is not a number that the database may have counted to. */
export const requireCounter = (position: string): string => {
  if (!isCounter(position)) throw badCursor("invalid_request");
  return position;
};

/** The error for what is not a cursor. */
export const badCursor = (code: ErrorCode) =>
  new PatchbayError(code, "The cursor is not one that Patchbay gave out.", {
    errors: [{ pointer: "/cursor", message: "Repeat the `cursor` of the last page, or leave it out." }],
  });

/** A page from rows of which one more than `limit` was asked for. */
export const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  positionOf: (row: Row) => string,
): Page<Item> => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(toItem),
    ...(rows.length > limit && last !== undefined && { cursor: encodeCursor(positionOf(last)) }),
  };
};
