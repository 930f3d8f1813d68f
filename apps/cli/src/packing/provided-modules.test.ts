import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { toScript } from "@patchbay/artifact";
import { SANDBOX_MODULES } from "@patchbay/protocol";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleServer } from "./bundle.ts";
import { inspectScript } from "./inspect.ts";

/** The shapes in which libraries for Node ask for its modules. */
const LIBRARY: Readonly<Record<string, string>> = {
  "package.json": `{ "name": "lib", "version": "1.0.0", "main": "index.js" }`,
  "index.js": `"use strict";
    var Buffer = require("buffer").Buffer;
    var util = require("node:util");
    var bom = require("./lib/streams")(require("stream"));
    util.inherits(Parser, require("events").EventEmitter);
    function Parser() { require("events").call(this); }
    module.exports = { Parser, bom, crypto: require("crypto"), text: Buffer.from("hi").toString("base64") };`,
  "lib/streams.js": `module.exports = function (stream) { function T(o) { stream.Transform.call(this, o); }
    T.prototype = Object.create(stream.Transform.prototype); return T; };`,
};
const PLUGIN = `import lib from "lib";
  if (lib.text !== "aGk=" || lib.crypto.createHash("md5").update("").digest("hex").length !== 32) throw new Error("wrong");
  new lib.Parser().on("x", () => undefined);
  new lib.bom({});
  export default { tools: { fine: { description: "Fine.", run: () => 1 } } };`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-provided-"));
  const files = { "src/plugin.ts": PLUGIN, ...prefixed("node_modules/lib/", LIBRARY) };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const prefixed = (prefix: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [prefix + path, content]));

/** The tools of a bundle, as the sandbox finds them. */
const toolsOf = async (bundle: Uint8Array) => {
  const script = await toScript({
    main: "plugin.js",
    readFile: async (path) => (path === "plugin.js" ? bundle : undefined),
  });
  return (await inspectScript(script, 128)).tools.map(({ name }) => name);
};
/** As an author's own bundler makes it, which leaves calls of `require` in an ES module. */
const bundledElsewhere = async (minify: boolean) => {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["src/plugin.ts"],
    bundle: true,
    format: "esm",
    write: false,
    minify,
    external: SANDBOX_MODULES.flatMap((name) => [name, `node:${name}`]),
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
};

test("a CommonJS library that requires what the platform has runs, however it was bundled", async () => {
  const { content: own } = await bundleServer(folder, "src/plugin.ts");
  expect(Buffer.from(own).toString()).not.toMatch(/__require\("/);
  expect(await toolsOf(own)).toEqual(["fine"]);
  expect(Buffer.from(await bundledElsewhere(false)).toString()).toMatch(/__require\("/);
  expect(await toolsOf(await bundledElsewhere(false))).toEqual(["fine"]);
  expect(await toolsOf(await bundledElsewhere(true))).toEqual(["fine"]);
});

test("what asks for a module that the platform has not is told where", async () => {
  const code = `const lib = { "node_modules/x/index.js"() { return require(["f", "s"].join("")); } };
    lib["node_modules/x/index.js"](); export default {};`;
  await expect(toolsOf(Buffer.from(code))).rejects.toThrow(
    /"fs" is not available to plugins.*plugin\.js:\d+/,
  );
});
