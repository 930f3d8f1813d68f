import type { FastifyRequest } from "fastify";

/** Whether the client holds what has this tag: it may name several, or any, and weak ones count. */
export const holds = ({ headers }: FastifyRequest, etag: string): boolean => {
  const named = headers["if-none-match"];
  if (named === undefined) return false;
  return named.trim() === "*" || named.split(",").some((one) => plain(one) === plain(etag));
};

const plain = (tag: string): string => tag.trim().replace(/^W\//, "");
