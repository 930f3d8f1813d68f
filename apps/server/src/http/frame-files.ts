import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the frames of all plugins load, made by the build of `@patchbay/frame`. */
const FOLDER = fileURLToPath(new URL("./dist/", import.meta.resolve("@patchbay/frame/package.json")));

export interface FrameFile {
  readonly content: Buffer;
  /** The same, packed; frames share no cache, so each of them fetches it. */
  readonly gzip: Buffer;
  /** A validator for caches, with its quotes. */
  readonly etag: string;
}

/** The names that bundles import by, and where they lead from the page of a frame. */
const IMPORTS = {
  react: "../vendor/react.js",
  "react/jsx-runtime": "../vendor/react-jsx-runtime.js",
  "react-dom": "../vendor/react-dom.js",
  "react-dom/client": "../vendor/react-dom-client.js",
  "@patchbay/sdk/ui": "../vendor/patchbay-sdk-ui.js",
};

export const IMPORT_MAP = JSON.stringify({ imports: IMPORTS });

/** Files by the address at which they are served. Throws when the frame has not been built. */
export const readFrameFiles = async (): Promise<ReadonlyMap<string, FrameFile>> => {
  const vendor = await readdir(join(FOLDER, "vendor")).catch((cause: unknown) => {
    throw new Error("The scripts of plugin frames are missing. Run: node scripts/build.mjs", { cause });
  });
  const files = new Map<string, FrameFile>([["/frame/boot.js", await read("boot.js")]]);
  for (const name of vendor.filter((one) => one.endsWith(".js")))
    files.set(`/vendor/${name}`, await read(join("vendor", name)));
  return files;
};

const read = async (name: string): Promise<FrameFile> => {
  const content = await readFile(join(FOLDER, name));
  const gzip = await readFile(join(FOLDER, `${name}.gz`));
  return {
    content,
    gzip,
    etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 27)}"`,
  };
};
