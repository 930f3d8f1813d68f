import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of models in OpenAI's format, which says what the last message asks for. Where it is asked for the weather it wants to use its tool. Of a conversation it finds what somebody says to be or to like. */
export class ChatUpstream {
  readonly asked: {
    readonly messages: { role: string; content: unknown }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
  }[] = [];
  /** Answers that were left before their end. */
  left = 0;
  #endless: ServerResponse | undefined;
  readonly #server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => this.#answer(body, response));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Writes more of the answer that has no end. */
  goOn(content: string): void {
    this.#endless?.write(event({ content }));
  }

  #answer(body: string, response: ServerResponse): void {
    if (body === "") {
      response.setHeader("content-type", "application/json").end('{"data":[{"id":"small"}]}');
      return;
    }
    const request = JSON.parse(body);
    const [first] = request.messages;
    if (first.role === "system" && first.content.startsWith("You find facts")) {
      this.#tell(factsIn(JSON.parse(request.messages[1].content).conversation), request.stream, response);
      return;
    }
    this.asked.push(request);
    const last = request.messages.at(-1);
    const [tool] = request.tools ?? [];
    if (tool !== undefined && last.role === "user" && JSON.stringify(last.content).includes("weather")) {
      this.#call(tool.function.name, response, JSON.stringify(last.content).includes("twice") ? 2 : 1);
      return;
    }
    const said = JSON.stringify(request.messages.at(-1).content);
    if (said.includes("refuse")) {
      response.writeHead(400, { "content-type": "application/json" });
      response.end('{"error":{"message":"That is too much.","type":"invalid_request_error"}}');
      return;
    }
    const words = said.includes("code")
      ? "A **loop**:\n\n```js\nfor (;;) work();\n```\n"
      : `You said ${said}`;
    this.#tell(words, request.stream, response, said.includes("forever"));
  }

  /** Asks for the tool, with its arguments in pieces. */
  #call(name: string, response: ServerResponse, times: number): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let index = 0; index < times; index += 1) {
      const pieces = [
        { id: `call_${index + 1}`, type: "function", function: { name, arguments: "" } },
        { function: { arguments: '{"city":' } },
        { function: { arguments: '"Oslo"}' } },
      ];
      for (const piece of pieces) response.write(event({ tool_calls: [{ index, ...piece }] }));
    }
    response.end(`${event({}, "tool_calls")}data: [DONE]\n\n`);
  }

  #tell(words: string, isStreamed: boolean, response: ServerResponse, isForever = false): void {
    if (!isStreamed) {
      const choices = [{ index: 0, message: { role: "assistant", content: words }, finish_reason: "stop" }];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ id: "1", model: "small", choices }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of words.match(/.{1,7}|\n/g) ?? []) response.write(event({ content }));
    if (isForever) {
      this.#endless = response;
      response.on("close", () => (this.left += 1));
    } else response.end(`${event({}, "stop")}data: [DONE]\n\n`);
  }
}

const event = (delta: object, reason?: string): string => {
  const choice = { index: 0, delta, ...(reason !== undefined && { finish_reason: reason }) };
  return `data: ${JSON.stringify({ id: "1", model: "small", choices: [choice] })}\n\n`;
};

interface Said {
  readonly id: string;
  readonly role: string;
  readonly text: string;
}

const factsIn = (conversation: readonly Said[]): string =>
  JSON.stringify({
    facts: conversation.flatMap(({ id, role, text }) =>
      role === "user"
        ? (text.match(/I (?:am|like) [^.]+/g) ?? []).map((quote) => ({ fact: quote, message: id, quote }))
        : [],
    ),
  });
