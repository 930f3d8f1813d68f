import { build } from "esbuild";

/** A plugin of about 2 KB, as one author might write it by hand. */
export const smallScript = (): string => {
  const notes = Array.from(
    { length: 18 },
    (_, n) => `  // Line ${n} of what an author may have to say about this.`,
  );
  return wrapped(`module.exports = { default: {
  tools: { echo: { description: "Answers with its input", run: (input) => input } },
${notes.join("\n")}
  } };`);
};

/** A plugin of about 500 KB: real libraries, bundled whole. */
export const largeScript = async (): Promise<string> => {
  const contents = `
    import Ajv from "ajv";
    import semver from "semver";
    import * as yaml from "yaml";
    const check = new Ajv().compile({ type: "object", required: ["text"] });
    // The libraries are evaluated, not used: the call is to cost nothing.
    const run = (input) => (globalThis.none ? [check, semver, yaml] : input);
    export default { tools: { echo: { description: "Answers with its input", run } } };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "browser",
    target: "esnext",
    legalComments: "none",
  });
  return wrapped(outputFiles[0]?.text ?? "");
};

/** A plugin that takes a file: it hands it back, counts it, or makes 100 MB of its own. */
export const bytesScript = (): string =>
  wrapped(`const FILE = { type: "string", contentEncoding: "base64", contentMediaType: "application/octet-stream" };
const schema = { type: "object", properties: { mode: { type: "string" }, file: FILE } };
const chunk = new Uint8Array(256 * 1024);
const zeros = (bytes) => {
  let left = bytes;
  return new ReadableStream({ pull(controller) {
    if (left <= 0) return controller.close();
    controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)));
    left -= chunk.length;
  } }, { highWaterMark: 0 });
};
const count = async (file) => {
  let bytes = 0;
  for await (const part of file.stream()) bytes += part.length;
  return { bytes };
};
const run = ({ mode, file }) => mode === "into" ? count(file) : { file: mode === "out" ? zeros(100000000) : file };
module.exports = { default: { tools: { echo: { description: "Files", input: schema, output: schema, run } } } };`);

const wrapped = (body: string): string =>
  `"use strict";\nvar module = { exports: {} };\n${body}\nreturn module.exports;`;
