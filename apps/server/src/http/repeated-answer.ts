import type { RecordedResponse } from "@patchbay/core";
import type { FastifyReply } from "fastify";

/** Thrown by a route that found out late that it was asked before. */
export class RepeatedAnswer extends Error {
  readonly response: RecordedResponse;

  constructor(response: RecordedResponse) {
    super("This request was answered before.");
    this.response = response;
  }
}

/** Sends it once more, and says so. */
export const sendRepeated = (
  reply: FastifyReply,
  { status, headers, body }: RecordedResponse,
): FastifyReply =>
  reply
    .code(status)
    .headers({ ...headers, "idempotent-replayed": "true" })
    .send(body);
