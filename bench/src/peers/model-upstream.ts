import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A model server in OpenAI's format that answers fifty words at once: what asking it costs without anything between. */
const WORDS = Array.from({ length: 50 }, (_, index) => `word${index} `);
const USAGE = { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60 };
const head = { id: "chatcmpl-1", created: 1_700_000_000, model: "bench" };
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const CHUNKS = [
  chunk({ role: "assistant", content: "" }),
  ...WORDS.map((content) => chunk({ content })),
  chunk({}, "stop"),
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage: USAGE })}\n\n`,
  "data: [DONE]\n\n",
];
const WHOLE = JSON.stringify({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: WORDS.join("") }, finish_reason: "stop" }],
  usage: USAGE,
});

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    if (request.url?.endsWith("/models") === true) {
      response.setHeader("content-type", "application/json").end('{"data":[{"id":"bench"}]}');
    } else if (body.includes('"stream":true')) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const part of CHUNKS) response.write(part);
      response.end();
    } else response.setHeader("content-type", "application/json").end(WHOLE);
  });
});
server.listen(0, "127.0.0.1", () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close();
});
