import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readPackage } from "@patchbay/artifact";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packFolder } from "./pack.ts";

/** A plugin with a view, whose libraries lie outside of its folder, as in a repository of several packages. */
const FILES: Readonly<Record<string, string>> = {
  "node_modules/lib/package.json": '{ "name": "lib", "version": "1.0.0", "main": "index.js" }',
  "node_modules/lib/index.js": 'exports.greet = require("./greet.js");',
  "node_modules/lib/greet.js": 'module.exports = (name) => "Hello, " + name;',
  "shared/package.json": '{ "name": "@acme/shared", "type": "module" }',
  "shared/src/shared.ts": 'export const mark = (text: string): string => text + "!";',
  "plugins/hello/plugin.json": JSON.stringify({
    id: "acme.hello",
    name: "Hello",
    version: "1.0.0",
    description: "Greets.",
    author: { name: "Acme" },
    license: "MIT",
    category: "utility",
    engines: { patchbay: "^1.0.0" },
    main: "dist/plugin.js",
    ui: "dist/ui.js",
  }),
  "plugins/hello/src/plugin.ts": `import { definePlugin, tool } from "@patchbay/sdk";
    import { greet } from "lib";
    import { mark } from "../../../shared/src/shared.ts";
    export default definePlugin({ tools: { greet: tool({ description: "Greets.", run: () => mark(greet("Ada")) }) } });`,
  "plugins/hello/src/ui.tsx": `import { greet } from "lib";
    import { mark } from "../../../shared/src/shared.ts";
    export default () => <p>{mark(greet("Ada"))}</p>;`,
};

let parent: string;
beforeAll(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), "patchbay-neutral-")));
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(parent, "authors-own-name", path)), { recursive: true });
    await writeFile(join(parent, "authors-own-name", path), content);
  }
  await cp(join(parent, "authors-own-name"), join(parent, "deep/er/with space"), { recursive: true });
  await symlink(join(parent, "deep/er/with space/plugins"), join(parent, "linked"));
});
afterAll(() => rm(parent, { recursive: true }));

test("the same sources make the same package wherever they lie, and no folder of the author is named in it", async () => {
  const folders = ["authors-own-name/plugins/hello", "deep/er/with space/plugins/hello", "linked/hello"];
  const packed = await Promise.all(
    folders.map((folder, index) => packFolder(join(parent, folder), join(parent, `${index}.zip`))),
  );
  expect(new Set(packed.map(({ digest }) => digest)).size).toBe(1);
  await using first = await readPackage(packed[0]?.path ?? "");
  const texts = await Promise.all(["dist/plugin.js", "dist/ui.js"].map((path) => first.readEntry(path)));
  for (const text of texts) expect(text.toString()).not.toMatch(/\.\.\/|authors-own-name|patchbay-neutral/);
  expect(texts[0]?.toString()).toContain('"node_modules/lib/greet.js"(');
  expect(texts[0]?.toString()).toContain("// @acme/shared/src/shared.ts");
});
