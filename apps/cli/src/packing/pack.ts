import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import {
  checkUiModule,
  type PackageFile,
  readDirectory,
  readPackage,
  toScript,
  type ValidatedPackage,
  type WrittenPackage,
  writePackage,
} from "@patchbay/artifact";
import {
  contributedFiles,
  DEFAULT_MEMORY_MB,
  declaredNames,
  disagreements,
  entriesOf,
  type FoundContributions,
  MAX_MANIFEST_BYTES,
  type Manifest,
  PatchbayError,
  parseJson,
  SERVER_KIND_NAMES,
  type ServerKindName,
  serverKindOf,
  validateManifest,
} from "@patchbay/protocol";
import { bundleServer, findSource } from "./bundle.ts";
import { bundleUi, findUiSource } from "./bundle-ui.ts";
import { inspectScript } from "./inspect.ts";

/** What a package takes from the author's folder beside the manifest and the bundles that it names. */
const DOCUMENTS = ["README.md", "CHANGELOG.md", "LICENSE", "LICENSE.md", "NOTICE"];
const ASSETS_FOLDER = "assets";

export interface Packed extends WrittenPackage {
  readonly path: string;
  /** Absolute paths of what it was made from, apart from plugin.json. */
  readonly inputs: readonly string[];
}

/**
 * Packs a plugin's folder: bundles the sources, runs the server's in a sandbox to see what it contributes, completes the
 * manifest and writes the zip. `version` replaces the manifest's. Throws what the validation of a package throws.
 */
export const packFolder = async (
  folder: string,
  output: string | undefined,
  version?: string,
): Promise<Packed> => {
  const written = await readManifest(folder);
  const manifest = version === undefined ? written : { ...written, version };
  const { files, inputs } = await collectFiles(folder, manifest);
  const completed = manifest.main === undefined ? manifest : await withContributions(manifest, files);
  const path = resolve(output ?? join(folder, `${manifest.id}-${manifest.version}.zip`));
  await mkdir(dirname(path), { recursive: true });
  const all: PackageFile[] = [
    ...files,
    { path: "plugin.json", content: `${JSON.stringify(completed, null, 2)}\n` },
  ];
  return { ...(await writePackage({ files: all, output: path })), path, inputs };
};

/** Checks a folder as packing would, or a zip as an upload would. Nothing is kept. */
export const validatePath = async (path: string): Promise<Manifest> => {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new PatchbayError("directory_unreadable", `There is nothing at ${path}.`);
  if (found.isDirectory()) {
    const temporary = await mkdtemp(join(tmpdir(), "patchbay-validate-"));
    try {
      return (await packFolder(path, join(temporary, "package.zip"))).manifest;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }
  await using packageFile = await readPackage(path);
  await checkCode(packageFile);
  return packageFile.manifest;
};

/** The code of a package as the server looks at it when it comes, and evaluates it before it is enabled. */
const checkCode = async (packageFile: ValidatedPackage): Promise<void> => {
  const { manifest } = packageFile;
  const read = async (file: string) =>
    packageFile.entry(file) === undefined ? undefined : await packageFile.readEntry(file);
  if (manifest.ui !== undefined) await checkUiModule(manifest.ui, await packageFile.readEntry(manifest.ui));
  if (manifest.main !== undefined) requireDeclared(manifest, await inspect(manifest, manifest.main, read));
};

/** What the server's code defines. Throws what the conversion to a script and its evaluation throw. */
const inspect = async (
  { limits }: Manifest,
  main: string,
  readFile: (path: string) => Promise<Uint8Array | undefined>,
): Promise<FoundContributions> =>
  await inspectScript(await toScript({ main, readFile }), limits?.memoryMb ?? DEFAULT_MEMORY_MB);

/** `plugin.json` of a folder, checked. Throws `manifest_missing` or `manifest_invalid`. */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const path = join(folder, "plugin.json");
  const text = await readFile(path).catch(() => {
    throw new PatchbayError(
      "manifest_missing",
      `There is no plugin.json in ${folder}. \`patchbay plugin init\` makes a new plugin.`,
    );
  });
  const json = parseJson(text, { maxBytes: MAX_MANIFEST_BYTES });
  if (!json.ok) throw new PatchbayError("manifest_invalid", `${path} ${json.error}.`);
  const parsed = validateManifest(json.value);
  if (parsed.ok) return parsed.value;
  throw new PatchbayError("manifest_invalid", `${path} is not valid.`, { errors: parsed.error });
};

const collectFiles = async (
  folder: string,
  manifest: Manifest,
): Promise<{ files: PackageFile[]; inputs: string[] }> => {
  const { main, ui, icon } = manifest;
  const files: PackageFile[] = [];
  const inputs: string[] = [];
  const add = async (path: string, source: string | null, bundler: typeof bundleServer): Promise<void> => {
    const made = source === null ? null : await bundler(folder, source);
    files.push(made === null ? sourceFile(folder, path) : { path, content: made.content });
    inputs.push(...(made?.inputs ?? []));
  };
  if (main !== undefined) await add(main, findSource(folder), bundleServer);
  if (ui !== undefined) {
    await add(ui, findUiSource(folder), bundleUi);
    await checkUi(ui, files);
  }
  const named = [icon, ...contributedFiles(manifest).map(({ path }) => path)];
  for (const path of [...named, ...DOCUMENTS.filter((name) => existsSync(join(folder, name)))]) {
    if (path !== undefined) files.push(sourceFile(folder, path));
  }
  if (existsSync(join(folder, ASSETS_FOLDER))) {
    for (const asset of await readDirectory(join(folder, ASSETS_FOLDER)))
      files.push({ ...asset, path: `${ASSETS_FOLDER}/${asset.path}` });
  }
  inputs.push(...files.flatMap((file) => ("sourcePath" in file ? [file.sourcePath] : [])));
  return { files: [...new Map(files.map((file) => [file.path, file])).values()], inputs };
};

/** Checks the user-interface bundle as the server does. */
const checkUi = async (path: string, files: readonly PackageFile[]): Promise<void> => {
  const file = files.find((one) => one.path === path);
  if (file !== undefined) await checkUiModule(path, await contentOf(file));
};

const contentOf = async (file: PackageFile): Promise<Buffer> =>
  "content" in file ? Buffer.from(file.content) : await readFile(file.sourcePath);

const sourceFile = (folder: string, path: string): PackageFile => {
  const sourcePath = join(folder, path);
  if (existsSync(sourcePath)) return { path, sourcePath };
  throw new PatchbayError(
    "entry_missing",
    `plugin.json names ${path}, which is not in ${folder}. Build it first.`,
  );
};

/** The manifest with what the code defines, in the code's words. */
const withContributions = async (manifest: Manifest, files: readonly PackageFile[]): Promise<Manifest> => {
  const main = files.find(({ path }) => path === manifest.main);
  if (main === undefined || manifest.main === undefined) return manifest;
  const content = await contentOf(main);
  const found = await inspect(manifest, manifest.main, async (path) =>
    path === manifest.main ? content : undefined,
  );
  requireDeclared(manifest, found);
  const contributes = Object.fromEntries(
    SERVER_KIND_NAMES.filter((kind) => found[kind].length > 0).map((kind) => [
      kind,
      found[kind].map((one) => describeOne(kind, one, manifest)),
    ]),
  );
  if (Object.keys(contributes).length === 0) return manifest;
  return { ...manifest, contributes: { ...manifest.contributes, ...contributes } };
};

/** Nothing that the manifest promises is dropped in silence. Throws `manifest_invalid`. */
const requireDeclared = (manifest: Manifest, found: FoundContributions): void => {
  const missing = disagreements(declaredNames(manifest), found).filter((one) => one.missing.length > 0);
  if (missing.length === 0) return;
  const errors = missing.flatMap(({ kind, missing: names }) =>
    names.map((name) => ({
      pointer: `/contributes/${kind}/${entriesOf(manifest, kind).findIndex((entry) => entry.name === name)}`,
      message: `The code defines no ${serverKindOf(kind).words.one} "${name}" in its default export. Define it, or remove it here.`,
    })),
  );
  const lacking = missing.map(({ kind }) => serverKindOf(kind).words.many).join(" and ");
  throw new PatchbayError("manifest_invalid", `plugin.json lists ${lacking} that the code lacks.`, {
    errors,
  });
};

const describeOne = (
  kind: ServerKindName,
  found: FoundContributions[ServerKindName][number],
  manifest: Manifest,
) => {
  const { words, entryOf } = serverKindOf(kind);
  const declared = entriesOf(manifest, kind).find(({ name }) => name === found.name);
  const entry = entryOf(found, declared);
  if (entry.ok) return entry.value;
  throw new PatchbayError("manifest_invalid", `The ${words.one} "${found.name}" is not complete.`, {
    errors: [{ pointer: `/contributes/${kind}`, message: entry.error }],
  });
};
