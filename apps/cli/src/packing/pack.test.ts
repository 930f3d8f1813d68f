import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePackage } from "@patchbay/artifact";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packFolder, validatePath } from "./pack.ts";

const MANIFEST = JSON.stringify({
  id: "acme.hello",
  name: "Hello",
  version: "1.0.0",
  description: "Greets.",
  author: { name: "Acme" },
  license: "MIT",
  category: "utility",
  engines: { patchbay: "^1.0.0" },
  main: "dist/plugin.js",
});
/** What is no plugin, and what is said of it. */
const NO_PLUGINS: Readonly<Record<string, RegExp>> = {
  "export const tools = {};": /has no default export.*export default definePlugin/,
  "console.log('hi');": /has no default export/,
  "export default () => ({ tools: {} });": /default export of the server code is no plugin/,
  "export default undefined;": /is no plugin/,
};

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "patchbay-pack-"));
});
afterAll(() => rm(parent, { recursive: true }));

test.each(Object.entries(NO_PLUGINS))(
  "server code that is no plugin is not packed: %s",
  async (code, said) => {
    const folder = await mkdtemp(join(parent, "folder-"));
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "plugin.json"), MANIFEST);
    await writeFile(join(folder, "src/plugin.ts"), code);
    await expect(packFolder(folder, undefined)).rejects.toThrow(said);
    await expect(validatePath(folder)).rejects.toThrow(said);

    // A CommonJS module that exports nothing exports an empty object.
    if (!code.includes("export")) return;
    const zip = join(folder, "hello.zip");
    const files = [
      { path: "plugin.json", content: MANIFEST },
      { path: "dist/plugin.js", content: code },
    ];
    await writePackage({ files, output: zip });
    await expect(validatePath(zip)).rejects.toThrow(said);
  },
);

test("what is missing but listed in package.json is to be installed", async () => {
  const folder = await mkdtemp(join(parent, "folder-"));
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "plugin.json"), MANIFEST);
  await writeFile(join(folder, "package.json"), '{ "dependencies": { "@acme/never-there": "1.0.0" } }');
  await writeFile(join(folder, "src/plugin.ts"), 'import x from "@acme/never-there"; export default x;');
  await expect(packFolder(folder, undefined)).rejects.toThrow(
    /src\/plugin\.ts:1: .*package\.json lists it: run `npm install`/,
  );
});
