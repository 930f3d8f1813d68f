import type {
  ChatMessage,
  ChatOutput,
  ChatReasoning,
  ChatRequest,
  ReasoningEffort,
  TextPart,
  ToolChoice,
} from "@patchbay/protocol";
import { DEFAULT_MAX_OUTPUT_TOKENS, MIN_THINKING_TOKENS } from "../../limits.ts";
import type { JsonObject } from "../format.ts";
import { defined } from "../shared/defined.ts";
import { cannotCarry } from "../shared/refusals.ts";
import { textBlock, writeAssistantBlock, writeResultBlock, writeUserBlock } from "./blocks.ts";

/**
 * A body of `/v1/messages`. Where no `maxOutputTokens` is given, DEFAULT_MAX_OUTPUT_TOKENS: give what the model can write. Messages that
 * tell the model what to do stand in `system` as long as they are the first ones. Not carried, for want of a field: `seed`, penalties,
 * `metadata`, the name of a schema, the detail of images, and reasoning without Anthropic's own proof of it.
 */
export const writeRequest = (request: ChatRequest): JsonObject => {
  const { system, messages } = splitSystem(request.messages);
  const { thinking, effort } = writeReasoning(request.reasoning);
  const hasTools = request.tools !== undefined && request.tools.length > 0;
  const format = request.output && writeOutput(request.output);
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS + (request.reasoning?.budgetTokens ?? 0),
    ...(system.length > 0 && { system: contentOf(system) }),
    messages: writeMessages(messages, request.messages.length - messages.length),
    ...defined({
      tools: request.tools?.map(({ name, description, parameters, strict }) =>
        defined({ name, description, input_schema: parameters ?? { type: "object" }, strict }),
      ),
      // Without tools this is refused.
      tool_choice: hasTools ? writeToolChoice(request.toolChoice, request.parallelToolCalls) : undefined,
      output_config: format !== undefined || effort !== undefined ? defined({ format, effort }) : undefined,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      stop_sequences: request.stop,
      thinking,
      metadata: request.user === undefined ? undefined : { user_id: request.user },
      stream: request.stream,
    }),
  };
};

const splitSystem = (messages: readonly ChatMessage[]) => {
  const system: TextPart[] = [];
  let count = 0;
  for (const message of messages) {
    if (message.role !== "system" && message.role !== "developer") break;
    system.push(...message.parts);
    count += 1;
  }
  return { system: system.filter(({ text }) => text !== "").map(textBlock), messages: messages.slice(count) };
};

/** One text as such. */
export const contentOf = (blocks: readonly JsonObject[]): unknown =>
  blocks.length === 1 && blocks[0]?.type === "text" ? blocks[0].text : blocks;

/** What the user says after results of tools stands in one message with them: it has to be the one that follows the calls. */
const writeMessages = (messages: readonly ChatMessage[], offset: number): JsonObject[] => {
  const written: JsonObject[] = [];
  let results: JsonObject[] | undefined;
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message, `/messages/${index + offset}/parts`);
    if (message.role === "user" && results !== undefined) results.push(...blocks);
    else if (blocks.length > 0)
      written.push({ role: roleOf(message), content: message.role === "tool" ? blocks : contentOf(blocks) });
    results = message.role === "tool" ? blocks : undefined;
  }
  return written;
};

const roleOf = ({ role }: ChatMessage): string => {
  if (role === "tool") return "user";
  return role === "developer" ? "system" : role;
};

const blocksOf = (message: ChatMessage, pointer: string): JsonObject[] => {
  switch (message.role) {
    case "system":
    case "developer":
      return message.parts.map(textBlock);
    case "user":
      return message.parts.map((part, index) => writeUserBlock(part, `${pointer}/${index}`));
    case "assistant":
      return message.parts.map(writeAssistantBlock).filter((block) => block !== undefined);
    case "tool":
      return message.parts.map((part, index) => writeResultBlock(part, `${pointer}/${index}`));
    default:
      return message satisfies never;
  }
};

const CHOICES = { auto: "auto", none: "none", required: "any" } as const;

const writeToolChoice = (
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
): JsonObject | undefined => {
  if (choice === undefined && parallel === undefined) return undefined;
  const written =
    typeof choice === "object" ? { type: "tool", name: choice.name } : { type: CHOICES[choice ?? "auto"] };
  return parallel === undefined || choice === "none"
    ? written
    : { ...written, disable_parallel_tool_use: !parallel };
};

const writeOutput = (output: ChatOutput): JsonObject | undefined => {
  switch (output.type) {
    case "text":
      return undefined;
    case "json":
      throw cannotCarry("/output", "This model gives JSON by a schema alone; give one for the answer.");
    case "schema":
      return { type: "json_schema", schema: output.schema };
    default:
      return output satisfies never;
  }
};

const writeEffort = (effort: ReasoningEffort | undefined) => (effort === "minimal" ? "low" : effort);

const writeReasoning = (reasoning: ChatReasoning | undefined) => {
  if (reasoning === undefined) return {};
  if (reasoning.effort === "none") return { thinking: { type: "disabled" } };
  const display = reasoning.summary === undefined ? undefined : "summarized";
  const { budgetTokens } = reasoning;
  const thinking =
    budgetTokens === undefined
      ? defined({ type: "adaptive", display })
      : defined({ type: "enabled", budget_tokens: Math.max(budgetTokens, MIN_THINKING_TOKENS), display });
  return { thinking, effort: writeEffort(reasoning.effort) };
};
