import { revisionOf, type SeenRevisions } from "@patchbay/core";
import type { FastifyReply, FastifyRequest } from "fastify";

/** For routes that change only what was seen: what the description says of them. */
export const BY_REVISION = { describes: { headers: ["IfMatch"] } } as const;

/** The revisions that `If-Match` names; undefined when the caller takes whatever is there. */
export const seenRevisions = ({ headers }: Pick<FastifyRequest, "headers">): SeenRevisions => {
  const named = headers["if-match"]?.trim();
  if (named === undefined || named === "*") return undefined;
  return [...named.matchAll(/"([^"]*)"/g)].map(([, revision]) => revision ?? "");
};

/** Tells the caller the revision of the state that the answer shows. */
export const tellRevision = (reply: Pick<FastifyReply, "header">, state: unknown): void =>
  void reply.header("etag", `"${revisionOf(state)}"`);
