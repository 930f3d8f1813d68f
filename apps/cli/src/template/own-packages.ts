import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PatchbayError } from "@patchbay/protocol";
import packageJson from "../../package.json" with { type: "json" };
import { CHECKOUT } from "../checkout.ts";
import { npmTarball } from "../packing/npm-tarball.ts";

/** Where a project keeps them, below its folder. */
const FOLDER = "vendor";

/** Of the packages with which a plugin is made: the path of the tarball in a project, and its bytes. */
export interface OwnPackage {
  readonly name: string;
  readonly path: string;
  readonly tarball: Buffer;
}

/**
 * This command and its SDK as packages that npm installs. A project takes them along: they are on no registry, a server may have moved
 * on, and whoever clones the project needs the very ones. Throws `not_found` in a checkout that was not built.
 */
export const ownPackages = async (): Promise<readonly OwnPackage[]> => [
  ownPackage("cli", await readOwn("cli")),
  ownPackage("sdk", await readOwn("sdk")),
];

const ownPackage = (short: string, tarball: Buffer): OwnPackage => ({
  name: `@patchbay/${short}`,
  path: `${FOLDER}/patchbay-${short}-${packageJson.version}.tgz`,
  tarball,
});

const readOwn = async (short: "cli" | "sdk"): Promise<Buffer> => {
  if (CHECKOUT !== null) return await readBuilt(join(CHECKOUT, `build/packages/${short}.tgz`));
  // Beside `dist`, from which this runs.
  const installed = fileURLToPath(new URL("../", import.meta.url));
  return short === "sdk" ? await readFile(join(installed, "sdk.tgz")) : await npmTarball(installed);
};

const readBuilt = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause: unknown) => {
    throw new PatchbayError(
      "not_found",
      `New projects take ${path} along, which is not built yet. Run \`node scripts/build.mjs\` in the checkout, or \`npm start\`.`,
      { cause },
    );
  });
