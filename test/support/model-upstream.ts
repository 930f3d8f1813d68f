import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Behaviour = (response: ServerResponse, isStream: boolean, request: IncomingMessage) => void;

/** A server in OpenAI's format that does the next of these with each request, the last of them from then on. */
export interface Upstream {
  readonly url: string;
  does(...behaviours: Behaviour[]): void;
  readonly asked: number;
  stop(): void;
}

export const WORDS = Array.from({ length: 60 }, (_, index) => `w${index} `);
export const WHOLE = WORDS.join("");

export const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c", model: "real-name", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export const tells = (response: ServerResponse, words: readonly string[]): void => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of words) response.write(chunk({ content }));
};

export const answers: Behaviour = (response, isStream) => {
  if (isStream) {
    tells(response, WORDS);
    response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
    return;
  }
  const choices = [{ index: 0, message: { role: "assistant", content: WHOLE }, finish_reason: "stop" }];
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ id: "c", model: "real-name", choices }));
};
export const refuses =
  (status: number, error: object, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ error }));
  };
export const fails = refuses(500, { message: "Internal." });
export const sends =
  (type: string, body: string): Behaviour =>
  (response) => {
    response.setHeader("content-type", type);
    response.end(body);
  };
/** Breaks off after 40 of 60 words, or in the middle of what should be JSON. */
export const breaksOff: Behaviour = (response, isStream) => {
  if (isStream) tells(response, WORDS.slice(0, 40));
  else
    response
      .writeHead(200, { "content-type": "application/json", "content-length": "5000" })
      .write('{"choices":');
  setTimeout(() => response.destroy(), 50);
};
export const hangsUp: Behaviour = (response) => void response.destroy();

export const startUpstream = async (): Promise<Upstream> => {
  let next: Behaviour[] = [answers];
  let asked = 0;
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const part of request) chunks.push(part as Buffer);
    if (request.url?.endsWith("/models") === true)
      return sends("application/json", '{"data":[{"id":"one"}]}')(response, false, request);
    asked += 1;
    const [behaviour = answers] = next.length > 1 ? next.splice(0, 1) : next;
    return behaviour(response, JSON.parse(Buffer.concat(chunks).toString()).stream === true, request);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    does: (...behaviours) => {
      next = behaviours;
      asked = 0;
    },
    get asked() {
      return asked;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
