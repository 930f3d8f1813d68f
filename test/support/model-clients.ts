import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { said } from "./model-plugin.ts";
import { BOOTSTRAP_KEY } from "./server.ts";

/** What a client has read. */
export interface Said {
  readonly text: string;
  readonly model: string;
}

type Asks = (model: string, isStream: boolean) => Promise<Said>;

export type FormatName = "chat completions" | "responses" | "messages";

/** By format, who asks a model in it. Throws the client's own error. */
export type ModelClients = Readonly<Record<FormatName, Asks>>;

/** Each format, whole and as a stream. */
export const WAYS = (["chat completions", "responses", "messages"] as const).flatMap((name) => [
  { name, isStream: false },
  { name, isStream: true },
]);

/** The clients of a server, which ask once. */
export const clientsAt = (url: string): ModelClients => {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: url, apiKey: BOOTSTRAP_KEY, maxRetries: 0 });
  return {
    "chat completions": async (model, isStream) => {
      const body = { model, messages: said("Hi") };
      const answer = isStream
        ? await openai.chat.completions.stream(body).finalChatCompletion()
        : await openai.chat.completions.create(body);
      return { text: answer.choices[0]?.message.content ?? "", model: answer.model };
    },
    responses: async (model, isStream) => {
      const body = { model, input: "Hi", store: false };
      const answer = isStream
        ? await openai.responses.stream(body).finalResponse()
        : await openai.responses.create(body);
      return { text: answer.output_text, model: answer.model };
    },
    messages: async (model, isStream) => {
      const body = { model, max_tokens: 500, messages: said("Hi") };
      const answer = isStream
        ? await anthropic.messages.stream(body).finalMessage()
        : await anthropic.messages.create(body);
      const text = answer.content.map((block) => (block.type === "text" ? block.text : "")).join("");
      return { text, model: answer.model };
    },
  };
};
