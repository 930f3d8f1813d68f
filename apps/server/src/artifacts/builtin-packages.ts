import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where packed built-in plugins lie: made by the build, beside the sources. */
const FOLDER = join(import.meta.dirname, "../../../../build/plugins");

/** Paths of the packages that come with the application; none where nothing was built. */
export const builtinPackages = async (): Promise<string[]> => {
  const names = await readdir(FOLDER).catch(() => []);
  return names
    .filter((name) => name.endsWith(".zip"))
    .sort()
    .map((name) => join(FOLDER, name));
};
