import type { ChatRequest } from "@patchbay/protocol";
import { ModelFailure } from "../../model-failure.ts";
import type { JsonObject } from "../format.ts";
import { countAt } from "../shared/upstream-values.ts";
import { writeRequest } from "./write-request.ts";

const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"];

/** A body of `/v1/messages/count_tokens` for an upstream. A client's is read as any request. @throws PatchbayError as `writeRequest` */
export const writeCountRequest = (request: ChatRequest): JsonObject =>
  Object.fromEntries(Object.entries(writeRequest(request)).filter(([name]) => COUNTED.includes(name)));

/** The tokens of the input. @throws ModelFailure when the upstream does not tell them */
export const readCount = (body: unknown): number => {
  const tokens = countAt(body, "input_tokens");
  if (tokens === undefined)
    throw new ModelFailure({ code: "malformed", message: "The model's server sent no count of tokens." });
  return tokens;
};

export const writeCount = (tokens: number): JsonObject => ({ input_tokens: tokens });
