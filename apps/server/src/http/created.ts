import type { FastifyReply } from "fastify";

/**
 * Answers 201 with the address of what was made. `path` names it in segments, which may hold anything: it begins at the server's root.
 * What is made without an address of its own is where it can be read.
 */
export const created = (reply: FastifyReply, ...path: readonly string[]): FastifyReply =>
  reply.code(201).header("location", locationOf(...path));

export const locationOf = (...path: readonly string[]): string =>
  `/${path.map((segment) => encodeURIComponent(segment)).join("/")}`;
