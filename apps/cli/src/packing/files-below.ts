import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Ways from `folder` to all files below it, with slashes, in an order that is the same everywhere. Folders named in `without` are left out. */
export const filesBelow = async (
  folder: string,
  { without, matching = /./ }: { readonly without: readonly string[]; readonly matching?: RegExp },
): Promise<string[]> => {
  const found: string[] = [];
  const look = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = `${prefix}${entry.name}`;
      if (without.includes(entry.name)) continue;
      if (entry.isDirectory()) await look(`${path}/`);
      else if (entry.isFile() && matching.test(path)) found.push(path);
    }
  };
  await look("");
  return found.sort();
};
