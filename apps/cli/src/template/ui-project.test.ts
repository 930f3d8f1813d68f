import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPackage } from "@patchbay/artifact";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packFolder, validatePath } from "../packing/pack.ts";
import { runTests } from "../packing/run-tests.ts";
import { makeProject } from "./make-project.ts";

let parent: string;
let folder: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "patchbay-ui-project-"));
  folder = await makeProject("acme.counter", "ui", join(parent, "counter"));
});
afterAll(async () => await rm(parent, { recursive: true, force: true }));

describe("a new project with a user interface", () => {
  it("is valid, and its own test passes", async () => {
    expect(await validatePath(folder)).toMatchObject({ id: "acme.counter", ui: "dist/ui.js" });
    expect(await runTests(folder)).toBe(0);
  });

  it("is packed into one module that imports React and the SDK from the frame", async () => {
    const { path, manifest } = await packFolder(folder, join(parent, "counter.zip"), "0.1.0-dev.7");
    expect(manifest.version).toBe("0.1.0-dev.7");
    await using packed = await readPackage(path);
    const bundle = (await packed.readEntry("dist/ui.js")).toString();
    const imports = [...bundle.matchAll(/from\s*"([^"]+)"/g)].map(([, name]) => name);
    expect(imports.sort()).toEqual(["@patchbay/sdk/ui", "react", "react/jsx-runtime"]);
  });

  it("takes React from the frame for CommonJS libraries too, and styles as text", async () => {
    await writeFile(join(folder, "src/library.cjs"), 'module.exports = require("react").useId;');
    await writeFile(join(folder, "src/style.css"), "p { margin: 0; }");
    await writeFile(
      join(folder, "src/ui.tsx"),
      'import useId from "./library.cjs"; import style from "./style.css"; export default () => <style id={useId()}>{style}</style>;',
    );
    await using packed = await readPackage((await packFolder(folder, join(parent, "library.zip"))).path);
    expect((await packed.readEntry("dist/ui.js")).toString()).toContain("margin: 0");
  });

  it("is refused with file and line when it imports what is not there", async () => {
    await writeFile(join(folder, "src/ui.tsx"), 'import x from "nowhere";\nexport default () => x;');
    await expect(validatePath(folder)).rejects.toThrow(/src\/ui\.tsx:1: .*nowhere/);
  });
});
