import { expect, test } from "vitest";
import { readFilesAnswer } from "./tools.ts";

test("files of an answer are named by their fields, also by one that is called as the part with the JSON", async () => {
  const form = new FormData();
  form.append("output", '{"output":null,"more":null}');
  form.append("/output", new Blob(["one"]), "1.txt");
  form.append("more", new Blob(["two"]), "2.txt");
  const { output, files } = await readFilesAnswer(new Response(form));
  expect(output).toEqual({ output: null, more: null });
  const found: string[] = [];
  for await (const { name, fileName, bytes } of files) {
    let text = "";
    for await (const piece of bytes) text += new TextDecoder().decode(piece);
    found.push(`${name} ${fileName} ${text}`);
  }
  expect(found).toEqual(["output 1.txt one", "more 2.txt two"]);
});
