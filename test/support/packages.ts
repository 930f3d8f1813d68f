import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePackage } from "@patchbay/artifact";

export interface PluginSource {
  readonly id: string;
  readonly version?: string;
  /** The body of the server bundle, an ES module. */
  readonly code: string;
  readonly tools?: readonly string[];
  readonly manifest?: Record<string, unknown>;
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** A package with one server bundle, as the bytes of a zip. */
export const makePackage = async ({
  id,
  version = "1.0.0",
  code,
  tools = [],
  manifest = {},
  files = {},
}: PluginSource): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), "patchbay-package-"));
  try {
    const output = join(folder, "package.zip");
    const content = JSON.stringify({
      id,
      name: id,
      version,
      description: "A plugin of the tests.",
      author: { name: "Tests" },
      category: "utility",
      engines: { patchbay: "^1.0.0" },
      main: "plugin.js",
      contributes: { tools: tools.map((name) => ({ name, description: `The tool ${name}.` })) },
      ...manifest,
    });
    await writePackage({
      files: [
        { path: "plugin.json", content },
        { path: "plugin.js", content: code },
        ...Object.entries(files).map(([path, file]) => ({ path, content: file })),
      ],
      output,
    });
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
