import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseJson } from "@patchbay/protocol";
import { UsageError } from "../output.ts";

/** What stands for standard input or output where a file could be named. */
export const STANDARD_STREAM = "-";

/** A tool's input as it was given: JSON, `@FILE` with JSON, or `-` for standard input; an empty object without any. */
export const readInput = async (given: string | undefined): Promise<unknown> => {
  if (given === undefined) return {};
  const json =
    given === STANDARD_STREAM
      ? await text(process.stdin)
      : given.startsWith("@")
        ? await readInputFile(given.slice(1))
        : given;
  const parsed = parseJson(json);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`The input ${parsed.error}.`);
};

const readInputFile = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new UsageError(`The input file ${path} cannot be read.`);
  }
};

/** A file's text, or that of standard input for `-`. Throws `UsageError` when there is no such file. */
export const readText = async (file: string): Promise<string> => {
  if (file === STANDARD_STREAM) return await text(process.stdin);
  return await readFile(file, "utf8").catch(() => {
    throw new UsageError(`There is no file ${file}.`);
  });
};
