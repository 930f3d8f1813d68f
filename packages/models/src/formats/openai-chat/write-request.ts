import type {
  AssistantPart,
  ChatMessage,
  ChatOutput,
  ChatRequest,
  ToolResultPart,
  UserPart,
} from "@patchbay/protocol";
import type { JsonObject } from "../format.ts";
import { effortOf, writeSchemaOutput } from "../openai/fields.ts";
import { defined } from "../shared/defined.ts";
import { urlOfSource } from "../shared/media.ts";
import { cannotCarry } from "../shared/refusals.ts";

/**
 * A body of `/v1/chat/completions`. Usage is always asked for in streams. Not carried, for want of a field: the proofs of reasoning, the
 * summary that is wanted of it, and that a tool's result is an error, which its text says. Images and files in results of tools follow
 * in a message of the user's. Upstreams that know `max_tokens` alone, or refuse `top_k` or `reasoning_content`, need these changed.
 */
export const writeRequest = (request: ChatRequest): JsonObject => ({
  model: request.model,
  messages: request.messages.flatMap(writeMessage),
  ...defined({
    tools: request.tools?.map((tool) => ({ type: "function", function: { ...tool } })),
    tool_choice:
      typeof request.toolChoice === "object"
        ? { type: "function", function: { name: request.toolChoice.name } }
        : request.toolChoice,
    parallel_tool_calls: request.parallelToolCalls,
    response_format: request.output && writeOutput(request.output),
    max_completion_tokens: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop: request.stop,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    reasoning_effort: request.reasoning && effortOf(request.reasoning),
    user: request.user,
    metadata: request.metadata,
    stream: request.stream,
    stream_options: request.stream === true ? { include_usage: true } : undefined,
  }),
});

const writeOutput = (output: ChatOutput): JsonObject => {
  switch (output.type) {
    case "text":
      return { type: "text" };
    case "json":
      return { type: "json_object" };
    case "schema":
      return { type: "json_schema", json_schema: writeSchemaOutput(output) };
    default:
      return output satisfies never;
  }
};

const writeMessage = (message: ChatMessage, index: number): JsonObject[] => {
  switch (message.role) {
    case "system":
    case "developer":
      return [{ role: message.role, content: contentOf(message.parts.map(writeText)) }];
    case "user":
      return [
        {
          role: "user",
          content: contentOf(
            message.parts.map((part, at) => writeUserPart(part, `/messages/${index}/parts/${at}`)),
          ),
        },
      ];
    case "assistant":
      return [writeAssistant(message.parts)];
    case "tool":
      return writeResults(message.parts, `/messages/${index}/parts`);
    default:
      return message satisfies never;
  }
};

const writeText = ({ text }: { readonly text: string }): JsonObject => ({ type: "text", text });

/** One text as such, which every server understands. */
const contentOf = (parts: readonly JsonObject[]): unknown =>
  parts.length === 1 && parts[0]?.type === "text" ? parts[0].text : parts;

const writeUserPart = (part: UserPart, pointer: string): JsonObject => {
  switch (part.type) {
    case "text":
      return writeText(part);
    case "image":
      return {
        type: "image_url",
        image_url: defined({ url: urlOfSource(part.source), detail: part.detail }),
      };
    case "audio":
      return {
        type: "input_audio",
        input_audio: {
          data: part.data,
          format: part.mediaType === "audio/mpeg" ? "mp3" : part.mediaType.replace(/^audio\//, ""),
        },
      };
    case "file":
      if (part.source.type === "url")
        throw cannotCarry(
          pointer,
          "This model takes files as bytes and not by their address; send the file itself.",
        );
      return { type: "file", file: defined({ filename: part.name, file_data: urlOfSource(part.source) }) };
    default:
      return part satisfies never;
  }
};

export const writeAssistant = (parts: readonly AssistantPart[]): JsonObject => {
  const textsOf = (type: "text" | "reasoning" | "refusal") =>
    parts.flatMap((part) => (part.type === type && part.text !== "" ? [part.text] : []));
  const texts = textsOf("text");
  const calls = parts.filter((part) => part.type === "tool_call");
  const reasoning = textsOf("reasoning").join("\n\n");
  const refusal = textsOf("refusal").join("");
  const isSilent = calls.length > 0 || refusal !== "";
  const content =
    texts.length === 0 ? (isSilent ? null : "") : contentOf(texts.map((text) => writeText({ text })));
  return {
    role: "assistant",
    content,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(refusal !== "" && { refusal }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: text }) => ({
        id,
        type: "function",
        function: { name, arguments: text },
      })),
    }),
  };
};

const writeResults = (results: readonly ToolResultPart[], pointer: string): JsonObject[] => {
  const messages = results.map(({ callId, parts }) => ({
    role: "tool",
    tool_call_id: callId,
    content: parts.some((part) => part.type === "text")
      ? contentOf(parts.filter((part) => part.type === "text").map(writeText))
      : "",
  }));
  const seen = results.flatMap(({ callId, parts }, index) => {
    const media = parts.filter((part) => part.type !== "text");
    if (media.length === 0) return [];
    const written = media.map((part) => writeUserPart(part, `${pointer}/${index}`));
    return [writeText({ text: `Result of the tool call ${callId}:` }), ...written];
  });
  return seen.length === 0 ? messages : [...messages, { role: "user", content: seen }];
};
