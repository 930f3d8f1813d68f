import { ERROR_CODES, type ErrorCode, formatFault, PatchbayError, type ProblemDto } from "@patchbay/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RepeatedAnswer, sendRepeated } from "./repeated-answer.ts";
import type { Site } from "./site.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Where browsers find this server. */
    site: Site;
  }
}

/** How long a body that is refused before its end is still read. */
const LINGER_MS = 10_000;

/** How a caller says who they are. Browsers show no dialog for it. */
const CHALLENGE = 'Bearer realm="Patchbay"';

/** What a client that sent a token is told besides, so that it gets another one instead of sending it again (RFC 6750, section 3.1). */
const INVALID_TOKEN = `${CHALLENGE}, error="invalid_token"`;
const BEARER = /^bearer ./i;

/** What is logged with its cause: a caller can do nothing about it. */
const FOR_THE_OPERATOR: ReadonlySet<ErrorCode> = new Set(["internal", "insufficient_storage"]);

/** What the file system says when a disk, or somebody's share of it, is full. */
const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

export const PROBLEM_TYPE = "application/problem+json";

/** Every error that leaves the server becomes a problem document here; faults of the server's own leave as `internal`. */
export const registerProblems = (app: FastifyInstance, site: Site): void => {
  app.decorate("site", site);
  app.setErrorHandler((error: unknown, request, reply) =>
    error instanceof RepeatedAnswer
      ? sendRepeated(reply, error.response)
      : sendProblem(request, reply, asPatchbayError(error)),
  );
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      new PatchbayError("not_found", `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`),
    ),
  );
};

/** Answers with the problem, or ends a stream that began already. */
export const sendProblem = (
  request: FastifyRequest,
  reply: FastifyReply,
  error: PatchbayError,
): FastifyReply => {
  logFault(request, error);
  const problem = problemOf(error, request);
  const { retryAfterSeconds } = error.facts;
  const retryAfter = typeof retryAfterSeconds === "number" ? retryAfterSeconds : undefined;
  return refused(request, reply, error.status, retryAfter).type(PROBLEM_TYPE).send(JSON.stringify(problem));
};

/** What an error has in any format: its status, how to say who one is, when to come again, and that what still comes is read. */
export const refused = (
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  retryAfterSeconds: number | undefined,
): FastifyReply => {
  if (!request.raw.complete) linger(request, reply);
  if (status === 401) reply.header("www-authenticate", challengeTo(request));
  if (retryAfterSeconds !== undefined) reply.header("retry-after", Math.ceil(retryAfterSeconds));
  return reply.code(status);
};

const challengeTo = ({ headers: { authorization } }: FastifyRequest): string =>
  BEARER.test(authorization ?? "") ? INVALID_TOKEN : CHALLENGE;

/** Writes down what the caller can do nothing about. */
export const logFault = (request: FastifyRequest, error: PatchbayError): void => {
  if (FOR_THE_OPERATOR.has(error.code))
    request.log.error({ reqId: request.id, err: error.cause ?? error }, "a request failed");
};

/**
 * Reads on and drops what the client still sends: a connection closed under its hands would lose it the answer.
 * Node does that for connections that stay open.
 */
const linger = (request: FastifyRequest, reply: FastifyReply): void => {
  reply.removeHeader("connection");
  const timer = setTimeout(() => request.raw.destroy(), LINGER_MS);
  request.raw.once("close", () => clearTimeout(timer));
};

/** `type` is an address that can be opened wherever the document is read, in a log too. */
export const problemOf = (error: PatchbayError, request: FastifyRequest): ProblemDto => {
  const [, title, remedy] = ERROR_CODES[error.code];
  return {
    type: `${request.server.site.addressOf(request)}/docs/errors#${error.code}`,
    title,
    status: error.status,
    code: error.code,
    detail: error.message,
    remedy,
    requestId: request.id,
    ...(error.errors.length > 0 && { errors: [...error.errors] }),
    ...error.facts,
  };
};

/** What a client may be told of any error that was thrown. */
export const asPatchbayError = (error: unknown): PatchbayError => {
  if (error instanceof PatchbayError) return error;
  const fault = error as FastifyError;
  if (Array.isArray(fault.validation)) return validationProblem(fault);
  const code = FASTIFY_CODES[fault.code];
  if (code !== undefined) return new PatchbayError(code, messageOf(code, fault));
  if (typeof fault.statusCode === "number" && fault.statusCode >= 400 && fault.statusCode < 500) {
    return new PatchbayError("invalid_request", fault.message, { status: fault.statusCode });
  }
  if (NO_ROOM.has(fault.code))
    return new PatchbayError("insufficient_storage", "The disk of the server is full. Nothing was changed.", {
      cause: error,
    });
  return new PatchbayError(
    "internal",
    "Patchbay itself failed. The request id leads to the cause in the server's log.",
    { cause: error },
  );
};

/** Faults that Fastify and its plugins find before a route runs. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "payload_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid_request",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid_request",
  FST_INVALID_MULTIPART_CONTENT_TYPE: "unsupported_media_type",
  FST_REQ_FILE_TOO_LARGE: "package_too_large",
};

const messageOf = (code: ErrorCode, fault: FastifyError): string =>
  code === "unsupported_media_type" ? "This route does not read a body of this content type." : fault.message;

type Fault = NonNullable<FastifyError["validation"]>[number];

/**
 * Of a value that may have several forms, what is wrong within the form that it comes nearest to: a list with a wrong member is not
 * told that it is no string.
 */
const withoutOtherForms = (faults: readonly Fault[]): Fault[] => {
  const choices = new Set(faults.filter(({ keyword }) => keyword === "anyOf").map((one) => one.instancePath));
  const isWithin = (path: string) => faults.some((one) => one.instancePath.startsWith(`${path}/`));
  return faults.filter(({ instancePath: path }) => !choices.has(path) || !isWithin(path));
};

/** What is wrong with a text by a rule of our own; the validator itself knows only the rule's name. */
const whyUnfit = ({ keyword, params, ...fault }: Fault): string | null => {
  if (keyword !== "format" || !("data" in fault) || typeof fault.data !== "string") return null;
  return formatFault(String(params.format), fault.data);
};

const validationProblem = (fault: FastifyError): PatchbayError => {
  const part = fault.validationContext === "body" ? "" : `/${fault.validationContext ?? "request"}`;
  const errors = withoutOtherForms(fault.validation ?? [])
    .slice(0, 50)
    .map((one) => {
      const { missingProperty, additionalProperty, allowedValues } = one.params as Record<string, unknown>;
      const name = missingProperty ?? additionalProperty;
      const pointer = `${part}${one.instancePath}${typeof name === "string" ? `/${name}` : ""}`;
      const allowed = Array.isArray(allowedValues) ? ` (${allowedValues.slice(0, 30).join(", ")})` : "";
      return {
        pointer,
        message:
          additionalProperty === undefined
            ? `It ${whyUnfit(one) ?? one.message ?? "is not valid"}${allowed}.`
            : "There is no such field.",
      };
    });
  const [first] = errors;
  return new PatchbayError(
    "invalid_request",
    `The request does not fit: ${first?.pointer || "the body"}: ${first?.message ?? ""}`,
    { errors },
  );
};
