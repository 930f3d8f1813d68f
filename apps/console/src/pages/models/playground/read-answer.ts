import { isJsonObject } from "@patchbay/protocol";
import { problemIn } from "./model-problem.ts";

/** What a model has said so far. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  /** Who answers. */
  readonly model: string;
  /** Why it has ended; empty before. */
  readonly finish: string;
  /** Tokens; null until they are told. */
  readonly usage: { readonly input: number; readonly output: number } | null;
}

export const NOTHING: Said = { text: "", reasoning: "", model: "", finish: "", usage: null };

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const countOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** What a body or an event of chat completions adds. Throws what `problemIn` finds in it. */
const withPart = (said: Said, part: unknown): Said => {
  const problem = problemIn(part);
  if (problem !== null) throw problem;
  if (!isJsonObject(part)) return said;
  const choice = Array.isArray(part.choices) && isJsonObject(part.choices[0]) ? part.choices[0] : {};
  const told = [choice.delta, choice.message].find(isJsonObject) ?? {};
  return {
    text: said.text + textOf(told.content) + textOf(told.refusal),
    reasoning: said.reasoning + textOf(told.reasoning_content),
    model: textOf(part.model) || said.model,
    finish: textOf(choice.finish_reason) || said.finish,
    usage: isJsonObject(part.usage)
      ? { input: countOf(part.usage.prompt_tokens), output: countOf(part.usage.completion_tokens) }
      : said.usage,
  };
};

/** What has come each time that more has, whole or as a stream; the last is all of it. Throws what `problemIn` finds, and `brokeOff()` where a stream has no end. */
export async function* readAnswer(response: Response, brokeOff: () => Error): AsyncGenerator<Said> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (!isStream || response.body === null) {
    yield withPart(NOTHING, await response.json());
    return;
  }
  // A reader, since not every browser iterates over streams.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let said = NOTHING;
  let waiting = "";
  let isComplete = false;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const blocks = (waiting + read.value).split("\n\n");
      waiting = blocks.pop() ?? "";
      const events = blocks.filter((block) => block.startsWith("data: ")).map((block) => block.slice(6));
      isComplete ||= events.includes("[DONE]");
      for (const event of events) {
        if (event === "[DONE]") continue;
        said = withPart(said, JSON.parse(event));
        yield said;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it may have failed already, which its reader has heard
  }
  if (!isComplete) throw brokeOff();
}
