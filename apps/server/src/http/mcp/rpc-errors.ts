import { type CallToolResult, ProtocolError, ResourceNotFoundError } from "@modelcontextprotocol/server";
import type { ErrorCode, PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { asPatchbayError, logFault, refused } from "../problems.ts";
import { RepeatedAnswer, sendRepeated } from "../repeated-answer.ts";
import type { McpRequest } from "./mcp-request.ts";

/** Codes of JSON-RPC, and the one that is left to servers. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;
const SERVER_ERROR = -32_000;

/** What says that there is no such thing for the caller, whichever way it was found out. */
const UNKNOWN: ReadonlySet<ErrorCode> = new Set([
  "tool_not_found",
  "prompt_not_found",
  "resource_not_found",
  "plugin_not_installed",
]);
/** What is no doing of the tool's, nor of who calls it. */
const FAULTS: ReadonlySet<ErrorCode> = new Set(["internal", "cancelled"]);

/** The refusal of a request before the protocol has it: a JSON-RPC error with the status that any other route would have. */
export const sendRpcError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (error instanceof RepeatedAnswer) return sendRepeated(reply, error.response);
  const known = asPatchbayError(error);
  logFault(request, known);
  const { retryAfterSeconds } = known.facts;
  const retryAfter = typeof retryAfterSeconds === "number" ? retryAfterSeconds : undefined;
  return refused(request, reply, known.status, retryAfter)
    .type("application/json; charset=utf-8")
    .send(
      JSON.stringify({
        jsonrpc: "2.0",
        id: null,
        error: { code: rpcCodeOf(error, known), message: known.message, data: { code: known.code } },
      }),
    );
};

const rpcCodeOf = (thrown: unknown, { code }: PatchbayError): number => {
  if ((thrown as { readonly code?: unknown }).code === "FST_ERR_CTP_INVALID_JSON_BODY") return PARSE_ERROR;
  if (code === "invalid_request") return INVALID_REQUEST;
  return code === "internal" ? INTERNAL_ERROR : SERVER_ERROR;
};

/**
 * What a call ended with: the tool's own failure, which whoever asked a model hears of, or a fault of the protocol, which is thrown:
 * a tool that there is not for the caller, or a fault of the server's own.
 */
export const toFailedResult = (request: Pick<McpRequest, "known">, error: unknown): CallToolResult => {
  if (error instanceof ProtocolError) throw error;
  const known = request.known(error);
  if (UNKNOWN.has(known.code) || FAULTS.has(known.code)) throw toProtocolError(known);
  return { isError: true, content: [{ type: "text", text: sentencesOf(known) }] };
};

/** What `work` comes to, of which every failure is an error of the protocol, which has no other form for it. `uri` is what was to be read. */
export const orProtocolError = async <T>(
  request: Pick<McpRequest, "known">,
  work: () => Promise<T>,
  uri?: string,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const known = request.known(error);
    if (uri !== undefined && known.code === "resource_not_found")
      throw new ResourceNotFoundError(uri, known.message);
    throw toProtocolError(known);
  }
};

const toProtocolError = (known: PatchbayError): ProtocolError => {
  const isAsked = UNKNOWN.has(known.code) || known.code === "invalid_input";
  return new ProtocolError(isAsked ? INVALID_PARAMS : INTERNAL_ERROR, sentencesOf(known), {
    code: known.code,
  });
};

/** With every fault of the input and where it is, so that a model can mend it; once where the message has it already. */
const sentencesOf = ({ message, errors }: PatchbayError): string => {
  const faults = errors.map((one) => `${one.pointer || "/"}: ${one.message}`);
  return [message, ...faults.filter((one) => !message.includes(one))].join("\n");
};

/** For parameters that the protocol's own schema lets through. */
export const invalidParams = (message: string): ProtocolError => new ProtocolError(INVALID_PARAMS, message);
