import { openAsBlob } from "node:fs";
import { link, open, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CallFile, ReadPart } from "@patchbay/api-client";
import { PatchbayError, safeFileName } from "@patchbay/protocol";
import { type Output, UsageError } from "../output.ts";
import { size } from "../size.ts";
import { STANDARD_STREAM } from "./input.ts";

/** Names that are tried for a file before one gives up. */
const MAX_NAMES = 1_000;

/** What `--file` and `--output` say: the field's path and a file's, `document=tea.pdf`. */
export const assignments = (option: string, given: readonly string[] = []): Map<string, string> => {
  const found = new Map<string, string>();
  for (const text of given) {
    const [, field, path] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (field === undefined || path === undefined)
      throw new UsageError(`${option} takes FIELD=PATH, such as document=tea.pdf, not "${text}".`);
    if (found.has(field)) throw new UsageError(`${option} has the field "${field}" twice.`);
    found.set(field, path);
  }
  return found;
};

/** The files to send, which are read while they are sent. Throws `UsageError` for one that cannot be read. */
export const filesToSend = async (given: ReadonlyMap<string, string>): Promise<CallFile[]> =>
  await Promise.all(
    [...given].map(async ([field, path]) => {
      const found = await stat(path).catch(() => null);
      if (found?.isFile() !== true) throw new UsageError(`There is no file ${path}.`);
      return { path: field, content: await openAsBlob(resolve(path)), name: basename(path) };
    }),
  );

/** A file that was written, or went to standard output. */
export interface WrittenFile {
  readonly field: string;
  /** Where; `-` for standard output. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes the files of an answer as they come: where `chosen` says, or into the folder under their own names, and never over a file
 * that nobody named. Each is there whole or not at all.
 */
export const writeFiles = async (
  files: AsyncIterable<ReadPart>,
  chosen: ReadonlyMap<string, string>,
  output: Output,
): Promise<WrittenFile[]> => {
  const written: WrittenFile[] = [];
  for await (const { name, fileName, bytes } of files) {
    const field = name === "/" ? "output" : name;
    const path = chosen.get(field);
    if (path === STANDARD_STREAM) {
      await pipeline(Readable.from(bytes), process.stdout, { end: false });
      continue;
    }
    written.push({ field, ...(await writeFile(bytes, path, safeFileName(fileName ?? field), output)) });
  }
  return written;
};

const writeFile = async (
  content: AsyncIterable<Uint8Array>,
  chosen: string | undefined,
  name: string,
  output: Output,
): Promise<{ path: string; bytes: number }> => {
  const partial = `${resolve(chosen ?? name)}.${process.pid}.partial`;
  let bytes = 0;
  try {
    {
      await using file = await open(partial, "wx");
      for await (const chunk of content) {
        await file.writeFile(chunk);
        bytes += chunk.length;
        output.progress(`Writing ${basename(chosen ?? name)}: ${size(bytes)}`);
      }
    }
    if (chosen !== undefined) {
      await rename(partial, resolve(chosen));
      return { path: chosen, bytes };
    }
    return { path: await linkFree(partial, name), bytes };
  } finally {
    output.endProgress();
    await rm(partial, { force: true });
  }
};

/** Gives the file the name, or `name-2` and so on where there is one: what is there stays. */
const linkFree = async (partial: string, name: string): Promise<string> => {
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]+)?$/s.exec(name) ?? [];
  for (let count = 1; count <= MAX_NAMES; count++) {
    const path = count === 1 ? name : `${stem}-${count}${extension}`;
    try {
      await link(partial, join(process.cwd(), path));
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new PatchbayError("invalid_request", `There are ${MAX_NAMES} files like ${name} here. Use --output.`);
};
