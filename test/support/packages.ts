import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePackage } from "@patchbay/artifact";
import type { ManifestRules } from "@patchbay/protocol";

export interface PluginSource {
  readonly id: string;
  readonly version?: string;
  /** The body of the server bundle, an ES module. */
  readonly code: string;
  readonly tools?: readonly string[];
  readonly manifest?: Record<string, unknown>;
  /** Of the deployment that it is for. */
  readonly rules?: ManifestRules;
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** The manifest of a source, as its package has it. */
export const manifestOf = ({ id, version = "1.0.0", tools = [], manifest = {} }: PluginSource): object => ({
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

/** A package with one server bundle, as the bytes of a zip. */
export const makePackage = async (source: PluginSource): Promise<Uint8Array> => {
  const { code, files = {}, rules } = source;
  const folder = await mkdtemp(join(tmpdir(), "patchbay-package-"));
  try {
    const output = join(folder, "package.zip");
    const content = JSON.stringify(manifestOf(source));
    await writePackage({
      files: [
        { path: "plugin.json", content },
        { path: "plugin.js", content: code },
        ...Object.entries(files).map(([path, file]) => ({ path, content: file })),
      ],
      output,
      ...(rules && { rules }),
    });
    return await readFile(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
