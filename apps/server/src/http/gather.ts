import { MAX_GATHERED_BYTES, PatchbayError } from "@patchbay/protocol";

/** What a value takes beside its own text: a stream of empty ones is bounded too. */
const BYTES_A_VALUE = 128;

/**
 * A stream's values as one JSON list, for callers that did not ask for events. They are kept as text, so that they take
 * no more memory than what is sent. Throws `answer_too_large`; the stream is ended then.
 */
export const gatherJson = async (values: AsyncIterable<unknown>): Promise<string> => {
  const gathered: string[] = [];
  let bytes = 0;
  for await (const value of values) {
    const json = JSON.stringify(value) ?? "null";
    bytes += Buffer.byteLength(json) + BYTES_A_VALUE;
    if (bytes > MAX_GATHERED_BYTES)
      throw new PatchbayError(
        "answer_too_large",
        `The stream has more than ${MAX_GATHERED_BYTES} bytes. Ask for it with \`Accept: text/event-stream\`.`,
      );
    gathered.push(json);
  }
  return `[${gathered.join(",")}]`;
};

/** Sends text that is the JSON of an answer of type `T` already. */
export const sendJson = <T>(
  reply: { type(type: string): { send(text: string): unknown } },
  json: string,
): T => reply.type("application/json; charset=utf-8").send(json) as T;
