import { mayHoldFiles } from "@patchbay/protocol";
import { type FileSource, type FileToSend, jsonSchemaOf, takeFiles, withFiles } from "../files/index.ts";
import type { ToolSchema } from "../schema.ts";

/** An input as JSON, and the files that a test has put into it. */
export const inputWithFiles = (
  schema: ToolSchema | undefined,
  input: unknown,
): { readonly input: unknown; readonly sources: readonly FileSource[] } => {
  const json = jsonSchemaOf(schema, "input");
  if (!mayHoldFiles(json)) return { input, sources: [] };
  const { value, files } = takeFiles(json, input);
  const sources = files.map(({ head, bytes }) => ({ head, readable: streamOf(bytes) }));
  return { input: withFiles(value, files, () => null), sources };
};

const streamOf = (bytes: AsyncIterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const chunks = bytes[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
};

/** An answer with its files whole, as `File`s in their places. */
export const answerWithFiles = async (value: unknown, files: readonly FileToSend[]): Promise<unknown> => {
  const whole: { head: FileToSend["head"]; file: File }[] = [];
  for (const { head, bytes } of files) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    whole.push({ head, file: new File(chunks, head.name, { type: head.type }) });
  }
  return withFiles(value, whole, ({ file }) => file);
};
