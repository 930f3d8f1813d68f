import type { FastifyReply } from "fastify";
import Type from "typebox";

/** What these routes answer: as their format has it, errors too. */
export const told = (description: string) => ({
  200: Type.Unsafe<unknown>({ type: "object", description }),
  "4xx": Type.Unsafe<unknown>({ type: "object", description: "An error of the format" }),
  "5xx": Type.Unsafe<unknown>({ type: "object", description: "An error of the format" }),
});

/** Sends what a format has written, whose schema nobody here has. */
export const sendJson = (reply: FastifyReply, body: unknown): FastifyReply =>
  reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
