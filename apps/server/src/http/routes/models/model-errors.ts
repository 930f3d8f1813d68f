import { type ClientError, type Format, ModelFailure, modelErrorOf, toClientError } from "@patchbay/models";
import { type ModelError, PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { asPatchbayError, logFault, refused } from "../../problems.ts";
import { RepeatedAnswer, sendRepeated } from "../../repeated-answer.ts";

/** The longest time that clients of OpenAI wait for; told of a longer one they try again after a second. */
const MAX_RETRY_SECONDS = 60;

declare module "fastify" {
  interface FastifyContextConfig {
    /** How the clients of the route read errors. */
    errorsAs?: Pick<Format, "writeError">;
  }
}

/** An error of Patchbay's own, as clients of models read it. */
export const clientErrorOf = (error: PatchbayError): ClientError => {
  const { retryAfterSeconds } = error.facts;
  return {
    status: error.status,
    code: error.code,
    message: sentenceOf(error),
    ...(typeof retryAfterSeconds === "number" && { retryAfterSeconds }),
  };
};

/** Where it is, for the first fault: these formats have no list of them. */
const sentenceOf = ({ message, errors: [first] }: PatchbayError): string =>
  first === undefined || message.includes(first.message)
    ? message
    : `${message} ${first.pointer}: ${first.message}`;

/** Answers with the failure of a model in the format of the route. */
export const sendModelError = (
  request: FastifyRequest,
  reply: FastifyReply,
  error: ModelError,
): FastifyReply => sendError(request, reply, toClientError(error));

const sendError = (request: FastifyRequest, reply: FastifyReply, told: ClientError): FastifyReply => {
  // Clients of these formats try again by themselves, and do so at once when they are told of a time that they find too long.
  if (told.code === "budget_exceeded" && !isSoon(told)) reply.header("x-should-retry", "false");
  const body = request.routeOptions.config.errorsAs?.writeError(told) ?? { error: told };
  return refused(request, reply, told.status, told.retryAfterSeconds)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(body));
};

const isSoon = ({ retryAfterSeconds }: ClientError): boolean =>
  retryAfterSeconds !== undefined && retryAfterSeconds <= MAX_RETRY_SECONDS;

/** What was thrown, in the format of the route. */
export const sendThrown = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (error instanceof RepeatedAnswer) return sendRepeated(reply, error.response);
  if (error instanceof ModelFailure) return sendModelError(request, reply, error.error);
  const known = asPatchbayError(error);
  logFault(request, known);
  return sendError(request, reply, clientErrorOf(known));
};

/** What a stream that has begun ends with when something is thrown. */
export const faultOf = (error: unknown): ModelError | ClientError =>
  error instanceof PatchbayError ? clientErrorOf(error) : modelErrorOf(error);
