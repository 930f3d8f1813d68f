import { describe, expect, test } from "vitest";
import { readForm } from "./form-reader.ts";

const BOUNDARY = "patchbay-0";

/** An answer whose bytes come in pieces of this size. */
const answerOf = (bytes: Uint8Array, pieceBytes: number): Response => {
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
  return new Response(body, { headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } });
};

const formOf = (...parts: readonly (readonly [head: string, content: Uint8Array | string])[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([head, content]) => [
      Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`),
      Buffer.from(content as Uint8Array),
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

const readAll = async (response: Response) => {
  const parts: { name: string; fileName: string | undefined; type: string; content: Buffer }[] = [];
  for await (const { name, fileName, type, bytes } of readForm(response)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    parts.push({ name, fileName, type, content: Buffer.concat(chunks) });
  }
  return parts;
};

// What begins as a boundary and is none, in every way.
const TRICKY = Buffer.from(`\r\r\n--\r\n--patchbay-\r\n--patchbay-1\r\r\n\r\n--${BOUNDARY.slice(0, -1)}x\r`);
const FORM = formOf(
  ['content-disposition: form-data; name="output"\r\ncontent-type: application/json', '{"a":null}'],
  ['Content-Disposition: form-data; name="a/0"; filename="t%22ea.txt"\r\nContent-Type: image/x-tea', TRICKY],
  ['content-disposition: form-data; name="empty"; filename="e"', ""],
);

describe("a form that is read as it comes", () => {
  test.each([1, 2, 3, 7, 64, 10_000])(
    "has the same parts when it comes in pieces of %i bytes",
    async (size) => {
      const parts = await readAll(answerOf(FORM, size));
      expect(parts.map(({ name, fileName, type }) => [name, fileName, type])).toEqual([
        ["output", undefined, "application/json"],
        ["a/0", 't"ea.txt', "image/x-tea"],
        ["empty", "e", "text/plain"],
      ]);
      expect(parts.map(({ content }) => content.toString("latin1"))).toEqual([
        '{"a":null}',
        TRICKY.toString("latin1"),
        "",
      ]);
    },
  );

  test("passes over what nobody reads", async () => {
    const names: string[] = [];
    for await (const { name } of readForm(answerOf(FORM, 5))) names.push(name);
    expect(names).toEqual(["output", "a/0", "empty"]);
  });

  test("is what the platform's own reader makes of it", async () => {
    const form = await answerOf(FORM, 100).formData();
    expect([...form.keys()]).toEqual(["output", "a/0", "empty"]);
  });

  test("fails where it breaks off, wherever that is", async () => {
    for (let length = 0; length < FORM.length - 4; length += 3)
      await expect(readAll(answerOf(FORM.subarray(0, length), 50)), String(length)).rejects.toMatchObject({
        code: "unavailable",
      });
    await expect(readAll(new Response("x"))).rejects.toMatchObject({ code: "unavailable" });
  });
});
