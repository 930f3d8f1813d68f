import { error, type PackageCheck, type Remark, review, warning } from "./check.ts";

/** Beginnings of programs for Linux, Windows and macOS. */
const PROGRAMS: readonly (readonly [what: string, magic: string])[] = [
  ["Linux", "7f454c46"],
  ["Windows", "4d5a9000"],
  ["macOS", "cffaedfe"],
  ["macOS", "cafebabe"],
];
const MAGIC_BYTES = 4;
/** No program is smaller. */
const MIN_PROGRAM_BYTES = 128;

/** What every published package has, and what none has any use for. */
export const packageRules: PackageCheck = {
  name: "package-rules",
  run: async ({ packageFile, publisher }) => {
    const { manifest, entries } = packageFile;
    const remarks: Remark[] = [];
    if (!manifest.id.startsWith(`${publisher}.`))
      remarks.push(
        error(`The id "${manifest.id}" does not begin with the publisher's name, "${publisher}.".`),
      );
    if (!entries.some(({ path }) => path.toLowerCase() === "readme.md"))
      remarks.push(warning("There is no README.md: people will see nothing but the description."));
    if (manifest.license === undefined)
      remarks.push(warning("plugin.json names no license.", { file: "plugin.json" }));
    const installed = entries.find(({ path }) => path.includes("node_modules/"));
    if (installed !== undefined)
      remarks.push(
        warning("There are installed modules inside; bundle what is used.", { file: installed.path }),
      );
    for (const { path, size } of entries) {
      if (size < MIN_PROGRAM_BYTES) continue;
      const magic = await firstBytes(packageFile.openEntry(path));
      const program = PROGRAMS.find(([, beginning]) => magic === beginning);
      if (program !== undefined)
        remarks.push(review(`This is a program for ${program[0]}, which no plugin can run.`, { file: path }));
    }
    return remarks;
  },
};

/** In hexadecimal. */
const firstBytes = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  let beginning = Buffer.alloc(0);
  for await (const chunk of stream) {
    beginning = Buffer.concat([beginning, chunk]);
    if (beginning.length >= MAGIC_BYTES) break;
  }
  return beginning.subarray(0, MAGIC_BYTES).toString("hex");
};
