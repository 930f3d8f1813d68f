import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ChatAnswer,
  type ChatEvent,
  type ChatRequest,
  type EmbeddingsRequest,
  gatherAnswer,
  PatchbayError,
} from "@patchbay/protocol";
import { writeCount } from "../formats/anthropic-messages/count-tokens.ts";
import { writeAnthropicModels } from "../formats/anthropic-messages/models-list.ts";
import type { ClientError, Format, JsonObject } from "../formats/format.ts";
import { FORMATS } from "../formats/formats.ts";
import { readEmbeddingsRequest, writeEmbeddingsAnswer } from "../formats/openai/embeddings.ts";
import { writeOpenAiModels } from "../formats/openai/models-list.ts";
import { readState, resolveState } from "../formats/openai-responses/state.ts";
import { deltasOf } from "./deltas-of.ts";

/** What the server is to do with the next request: answer, tell these events, or refuse. */
export type Script = ChatAnswer | readonly ChatEvent[] | ClientError;

/** A server on loopback that speaks all formats and answers as it was told. */
export interface ModelServer {
  readonly url: string;
  /** What it understood, in order. */
  readonly requests: ChatRequest[];
  readonly embeddings: EmbeddingsRequest[];
  readonly bodies: unknown[];
  /** For one request, whatever its format. */
  next(script: Script): void;
  stop(): Promise<void>;
}

const FORMAT_OF: Readonly<Record<string, Format>> = {
  "/v1/chat/completions": FORMATS["openai-chat"],
  "/v1/responses": FORMATS["openai-responses"],
  "/v1/messages": FORMATS["anthropic-messages"],
};
export const CREATED_AT = new Date(1_700_000_000_000);
const MODELS = [{ name: "one", title: "The one", createdAt: CREATED_AT }];

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? undefined : JSON.parse(text);
};

const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

const isEvents = (script: Script): script is readonly ChatEvent[] => Array.isArray(script);

/** What was answered in the format of responses, for clients that leave it to the server to keep it. */
class Kept {
  readonly #inputs = new Map<string, JsonObject[]>();
  readonly #items = new Map<string, JsonObject>();

  resolve(body: JsonObject): JsonObject {
    const { previousId } = readState(body);
    const earlier = previousId === undefined ? [] : (this.#inputs.get(previousId) ?? []);
    return resolveState(body, earlier, (id) => this.#items.get(id));
  }

  keep(id: string, body: JsonObject, written: JsonObject): void {
    const output = written.output as (JsonObject & { id: string })[];
    for (const item of output) this.#items.set(item.id, item);
    const input = typeof body.input === "string" ? [{ role: "user", content: body.input }] : body.input;
    this.#inputs.set(id, [...(input as JsonObject[]), ...output]);
  }
}

interface Asked {
  readonly format: Format;
  readonly request: ChatRequest;
  readonly id: string;
  readonly answered: (written: JsonObject) => void;
}

const answer = async ({ format, request, id, answered }: Asked, script: Script, response: ServerResponse) => {
  if ("status" in script) {
    const { retryAfterSeconds } = script;
    if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
    return sendJson(response, script.status, format.writeError(script));
  }
  const head = { id, model: request.model, createdAt: CREATED_AT, request };
  const events = isEvents(script) ? script : deltasOf(script as ChatAnswer);
  const gathered = gatherAnswer(events);
  if (gathered.ok) answered(format.writeAnswer(gathered.value, head));
  if (request.stream !== true) {
    if (gathered.ok) return sendJson(response, 200, format.writeAnswer(gathered.value, head));
    return sendJson(response, 502, format.writeError({ status: 502, ...gathered.error }));
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const writer = format.writeEvents(head);
  for (const event of events) {
    response.write(writer.ping() + writer.write(event));
    await new Promise(setImmediate);
  }
  response.end(writer.end());
};

export const startModelServer = async (): Promise<ModelServer> => {
  const requests: ChatRequest[] = [];
  const embeddings: EmbeddingsRequest[] = [];
  const bodies: unknown[] = [];
  const scripts: Script[] = [];
  const kept = new Kept();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname: path } = new URL(request.url ?? "/", "http://localhost");
    const isAnthropic = request.headers["anthropic-version"] !== undefined;
    if (path === "/v1/models")
      return sendJson(response, 200, isAnthropic ? writeAnthropicModels(MODELS) : writeOpenAiModels(MODELS));
    const body = await readBody(request);
    bodies.push(body);
    if (path === "/v1/embeddings") {
      const asked = readEmbeddingsRequest(body);
      embeddings.push(asked);
      const made = {
        embeddings: asked.inputs.map((_, index) => [index, 0.5, -0.25]),
        usage: { inputTokens: 7, outputTokens: 0 },
      };
      return sendJson(response, 200, writeEmbeddingsAnswer(made, asked));
    }
    if (path === "/v1/messages/count_tokens") {
      requests.push(FORMATS["anthropic-messages"].readRequest(body));
      return sendJson(response, 200, writeCount(12));
    }
    const format = FORMAT_OF[path];
    if (format === undefined) return sendJson(response, 404, {});
    try {
      const whole =
        format.name === "openai-responses" ? kept.resolve(body as JsonObject) : (body as JsonObject);
      const read = format.readRequest(whole);
      requests.push(read);
      const id = `a${requests.length}`;
      const answered = (written: JsonObject) => {
        if (format.name === "openai-responses") kept.keep(id, whole, written);
      };
      await answer({ format, request: read, id, answered }, scripts.shift() ?? [], response);
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error;
      const { status, code, message } = error;
      sendJson(response, status, format.writeError({ status, code, message }));
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    embeddings,
    bodies,
    next: (script) => scripts.push(script),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
