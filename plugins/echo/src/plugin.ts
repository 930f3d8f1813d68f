import { type ChatEvent, type ChatRequest, definePlugin, type ModelInfo } from "@patchbay/sdk";
import { sampleOf } from "./sample.ts";
import { lastText, requestedCall, wordsOf } from "./words.ts";

const MODELS: readonly ModelInfo[] = [
  { name: "echo", title: "Echo", kind: "chat", capabilities: ["tools", "json", "schema"] },
  {
    name: "guide",
    title: "Echo, with an explanation",
    kind: "chat",
    capabilities: ["tools", "json", "schema"],
  },
];

const GUIDE =
  "This is Echo, no language model: it only repeats what you write. To talk to a real one, install a plugin that " +
  "provides models, give it what it needs in its settings, and choose one of its models.";

export default definePlugin({
  models: {
    echo: {
      title: "Echo",
      description: "No language model: repeats what it is told.",
      list: () => MODELS,
      chat: (request) => answer(request),
    },
  },
});

const answer = async function* (request: ChatRequest): AsyncGenerator<ChatEvent> {
  yield { type: "start", model: request.model };
  const text = lastText(request);
  const call = requestedCall(request, text);
  if (call !== null) {
    yield { type: "tool_call", id: call.id, name: call.name };
    yield { type: "tool_call_arguments", id: call.id, text: call.arguments };
    yield { type: "tool_call_end", id: call.id };
    yield usageOf(request, [call.arguments]);
    yield { type: "finish", reason: "tool_calls" };
    return;
  }
  const words = wordsOf(spoken(request, text));
  const said = words.slice(0, request.maxOutputTokens ?? words.length);
  for (const word of said) yield { type: "text", text: word };
  yield usageOf(request, said);
  yield { type: "finish", reason: said.length < words.length ? "length" : "stop" };
};

const spoken = ({ model, output }: ChatRequest, text: string): string => {
  switch (output?.type) {
    case "schema":
      return JSON.stringify(sampleOf(output.schema, text));
    case "json":
      return JSON.stringify({ text });
    default:
      return model === "guide" ? `${GUIDE}\n\n${text}` : text;
  }
};

const usageOf = ({ messages }: ChatRequest, said: readonly string[]): ChatEvent => {
  const texts = messages.flatMap(({ parts }) => parts.map((part) => ("text" in part ? part.text : "")));
  return {
    type: "usage",
    usage: { inputTokens: wordsOf(texts.join(" ")).length, outputTokens: said.length },
  };
};
