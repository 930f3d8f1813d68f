import { readFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** The commands of a document that anyone can run as they stand, in order: its `sh` blocks. What needs a domain or a registry of one's own is `console`. */
export const commandsOf = async (document: string): Promise<string> => {
  const text = await readFile(join(ROOT, document), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, commands]) => commands).join("\n");
};
