import { asError } from "./failure.ts";

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
  /** By which a reader that comes back says how far it got. */
  readonly id?: string;
}

/** The events of an answer, until it ends. An event `error` is thrown as the `PatchbayError` that it carries. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return;
  // A reader, since not every browser iterates over streams.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const blocks = (waiting + read.value).split("\n\n");
      waiting = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event?.event === "error") throw asError(event.data, "The stream broke off.");
        if (event !== null) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it may have failed already, which its reader has heard
  }
}

const parse = (block: string): ServerEvent | null => {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const [data, id] = [fields.get("data"), fields.get("id")];
  if (data === undefined) return null;
  return { event: fields.get("event") ?? "message", data: JSON.parse(data), ...(id !== undefined && { id }) };
};
