import type { ReasoningPart, ToolCallPart } from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { packProof } from "../shared/reasoning-proof.ts";

/** Items of a response's output, as they are when they are done. */

export const textContent = (text: string): JsonObject => ({
  type: "output_text",
  text,
  annotations: [],
  logprobs: [],
});
export const refusalContent = (refusal: string): JsonObject => ({ type: "refusal", refusal });

export const messageItem = (
  id: string,
  content: readonly JsonObject[],
  status = "completed",
): JsonObject => ({
  id,
  type: "message",
  status,
  role: "assistant",
  content,
});

/**
 * Clients send the encrypted content back as it is. The proof is packed into it whatever its kind, since upstreams that gave one want it
 * back with their own id for the item.
 */
export const reasoningItem = (id: string, { text, ...part }: Omit<ReasoningPart, "type">): JsonObject => {
  const proof = packProof(part);
  return {
    id,
    type: "reasoning",
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(proof !== undefined && { encrypted_content: proof }),
  };
};

export const callItem = (id: string, call: Omit<ToolCallPart, "type">, status = "completed"): JsonObject => ({
  id,
  type: "function_call",
  status,
  arguments: call.arguments,
  call_id: call.id,
  name: call.name,
});
