// Writes the licences of all that is handed on with Patchbay into the file that is named. The build calls it; the server shows it.
import { writeFileSync } from "node:fs";
import { readLicences } from "./lib/licences.mjs";
import { Fault, main } from "./lib/project.mjs";

const RULE = "-".repeat(100);

await main(async () => {
  const output = process.argv[2];
  if (output === undefined) throw new Fault("Say where to: node scripts/write-licences.mjs FILE");
  writeFileSync(output, textOf(readLicences()));
  return 0;
});

/** Packages with the same text stand together above it. */
function textOf(licences) {
  const byText = Map.groupBy(licences, ({ text }) => text.replaceAll(/\s+/g, " "));
  const parts = [...byText.values()].map((same) => {
    const names = same.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return `${RULE}\n${names.join("\n")}\n\n${same[0].text}\n`;
  });
  return `Patchbay holds or uses the following works of others, under these licences.\n\n${parts.join("\n")}`;
}
