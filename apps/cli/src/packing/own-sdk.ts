import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const own = (name: string): string => fileURLToPath(import.meta.resolve(name));

/** The SDK that came with this command, by the names that plugins import it by. */
const OWN_SDK: Readonly<Record<string, string>> = {
  "@patchbay/sdk/testing/ui": own("#sdk/testing/ui"),
  "@patchbay/sdk/testing": own("#sdk/testing"),
  "@patchbay/sdk/ui": own("#sdk/ui"),
  "@patchbay/sdk": own("#sdk"),
};
/** What tests of views need besides; in a package the frame provides them. */
const REACT = ["react", "react-dom"];

/** For esbuild: the SDK of this command, and the React beside it, for a folder that has none installed. */
export const sdkAlias = (folder: string): Readonly<Record<string, string>> => ({
  ...(isInstalled(folder, "@patchbay/sdk") ? {} : OWN_SDK),
  ...Object.fromEntries(
    REACT.flatMap((name) => {
      const found = isInstalled(folder, name) ? undefined : findOwn(name);
      return found === undefined ? [] : [[name, found]];
    }),
  ),
});

/** Whether an import in this folder finds the package, there or further up. */
const isInstalled = (folder: string, name: string): boolean => {
  if (existsSync(join(folder, "node_modules", name))) return true;
  const parent = dirname(folder);
  return parent !== folder && isInstalled(parent, name);
};

/** The folder of a package that is installed beside this command's SDK; undefined when there is none. */
const findOwn = (name: string): string | undefined =>
  createRequire(own("#sdk"))
    .resolve.paths(name)
    ?.map((folder) => join(folder, name))
    .find(existsSync);
