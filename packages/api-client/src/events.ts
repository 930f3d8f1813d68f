import { asError } from "./failure.ts";

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of an answer, until it ends. An event `error` is thrown as the `PatchbayError` that it carries. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return;
  let waiting = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    waiting += text;
    const blocks = waiting.split("\n\n");
    waiting = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parse(block);
      if (event?.event === "error") throw asError(event.data, "The stream broke off.");
      if (event !== null) yield event;
    }
  }
}

const parse = (block: string): ServerEvent | null => {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const data = fields.get("data");
  return data === undefined ? null : { event: fields.get("event") ?? "message", data: JSON.parse(data) };
};
