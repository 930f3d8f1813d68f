import { createInterface } from "node:readline/promises";
import { PatchbayError } from "@patchbay/protocol";
import { oneLine, printable, printableJson } from "./printable.ts";
import { size } from "./size.ts";

export const EXIT_FAILED = 1;
export const EXIT_WRONG_USE = 2;
const BAR_CHARACTERS = 40;
/** As of a program that SIGPIPE ended. */
export const EXIT_BROKEN_PIPE = 141;

/** What the command line was called with wrongly. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Throws `UsageError` for what is no whole number. */
export const requireNumber = (option: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is a whole number, not "${text}".`);
};

/** Prints results for people, or as one JSON document for programs. */
export class Output {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  /** `text` for people; `value` with `--json`. */
  result(value: unknown, text: string): void {
    process.stdout.write(`${this.#json ? printableJson(value) : printable(text)}\n`);
  }

  /** One of many: a line for people, a JSON line for programs. */
  line(value: unknown, text: string): void {
    this.result(value, text);
  }

  /** Something that should be known although all goes on; on standard error. */
  warning(text: string): void {
    process.stderr.write(`Warning: ${printable(text)}\n`);
  }

  /** Says what is going on; nothing with `--json` or where nobody watches. */
  progress(text: string): void {
    if (!this.#json && process.stderr.isTTY) process.stderr.write(`\r\u001b[K${printable(text)}`);
  }

  /** A bar that fills as `total` bytes are done; nothing where nobody watches. `end` takes it away. */
  bar(what: string, total: number): { readonly update: (bytes: number) => void; readonly end: () => void } {
    if (this.#json || !process.stderr.isTTY) return { update: () => undefined, end: () => undefined };
    const update = (bytes: number) => {
      const done = total === 0 ? 1 : Math.min(bytes / total, 1);
      const filled = Math.floor(done * BAR_CHARACTERS);
      const bar = "█".repeat(filled) + "░".repeat(BAR_CHARACTERS - filled);
      this.progress(
        `${what} ${bar} ${Math.floor(done * 100)} %, ${size(Math.min(bytes, total))} of ${size(total)}`,
      );
    };
    update(0);
    return { update, end: () => this.endProgress() };
  }

  endProgress(): void {
    if (!this.#json && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }

  /** Says what went wrong and sets the exit code. A stack comes only with `debug`. */
  failure(error: unknown, debug: boolean): void {
    const message = describe(error);
    process.exitCode = error instanceof UsageError ? EXIT_WRONG_USE : EXIT_FAILED;
    if (this.#json) {
      const code =
        error instanceof PatchbayError
          ? error.code
          : error instanceof UsageError
            ? "invalid_request"
            : "internal";
      const errors = error instanceof PatchbayError ? error.errors : [];
      process.stderr.write(`${printableJson({ code, message, errors })}\n`);
    } else {
      process.stderr.write(`${printable(message)}\n`);
      if (error instanceof PatchbayError)
        for (const { pointer, message: fault } of error.errors)
          process.stderr.write(printable(`  ${pointer || "/"}  ${fault}\n`));
    }
    if (debug && error instanceof Error) process.stderr.write(printable(`${error.stack}\n`));
  }
}

/** What people read of an error; of those of files, which file and why, without Node's names for it. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const reason = FILE_FAULTS.get(code ?? "");
  return reason === undefined || path === undefined ? error.message : `${path}: ${reason}`;
};

const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder."],
  ["ENOTDIR", "a part of the path is a file, not a folder."],
  ["EISDIR", "this is a folder, not a file."],
  ["EACCES", "you may not read or write this."],
  ["EPERM", "you may not read or write this."],
  ["EROFS", "this can only be read."],
  ["ENOSPC", "no space is left there."],
]);

/** Columns as wide as they need to be. */
export const table = (cells: readonly (readonly string[])[]): string => {
  const rows = cells.map((row) => row.map(oneLine));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
};

/** Asks a yes-or-no question. Throws `cancelled` at anything but yes, and `UsageError` where nobody can answer; `--yes` answers it. */
export const confirm = async ({ yes }: { readonly yes: boolean }, question: string): Promise<void> => {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UsageError(`${question}\nNobody can answer here: add --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and the end of the input are a no.
  const answer = await terminal.question(`${printable(question)} [y/N] `).catch(() => null);
  terminal.close();
  if (answer === null) process.stderr.write("\n");
  if (!/^y(es)?$/i.test(answer?.trim() ?? "")) throw new PatchbayError("cancelled", "Nothing was changed.");
};
