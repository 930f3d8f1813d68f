import { revisionOf, type SeenRevisions } from "@patchbay/core";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The revisions that `If-Match` names; undefined when the caller takes whatever is there. */
export const seenRevisions = ({ headers }: Pick<FastifyRequest, "headers">): SeenRevisions => {
  const named = headers["if-match"]?.trim();
  if (named === undefined || named === "*") return undefined;
  return [...named.matchAll(/"([^"]*)"/g)].map(([, revision]) => revision ?? "");
};

/** Tells the caller the revision of the state that the answer shows. */
export const tellRevision = (reply: Pick<FastifyReply, "header">, state: unknown): void =>
  void reply.header("etag", `"${revisionOf(state)}"`);
