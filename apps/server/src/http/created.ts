import type { FastifyReply } from "fastify";

/**
 * Answers 201 with the address of what was made. `path` names it in segments, which may hold anything: it begins where this server does.
 * What is made without an address of its own is where it can be read.
 */
export const created = (reply: FastifyReply, ...path: readonly string[]): FastifyReply =>
  reply.code(201).header("location", locationOf(reply, ...path));

export const locationOf = (reply: FastifyReply, ...path: readonly string[]): string =>
  `${reply.server.site.base}/${path.map((segment) => encodeURIComponent(segment)).join("/")}`;
