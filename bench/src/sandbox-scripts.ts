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

const wrapped = (body: string): string =>
  `"use strict";\nvar module = { exports: {} };\n${body}\nreturn module.exports;`;
