import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { filesBelow } from "./files-below.ts";

/** All files have the same date, so that the same files make the same bytes. */
const MODIFIED = new Date("2000-01-01T00:00:00Z");
/** npm takes whatever lies below one folder, which it calls so itself. */
const TOP_FOLDER = "package";
/** What npm puts into a package's folder when it installs the package, or packs it never. */
const NOT_PACKED = ["node_modules", ".git"];

/** The folder of a package, ready to be installed, as the tarball that npm installs it from. The same files make the same bytes. */
export const npmTarball = async (folder: string): Promise<Buffer> => {
  const tar = pack();
  const packed = buffer(tar.pipe(createGzip({ level: 9 })));
  for (const path of await filesBelow(folder, { without: NOT_PACKED })) {
    // Programs are made executable by npm, which knows them from the manifest.
    tar.entry(
      { name: `${TOP_FOLDER}/${path}`, mtime: MODIFIED, mode: 0o644 },
      await readFile(join(folder, path)),
    );
  }
  tar.finalize();
  return await packed;
};
