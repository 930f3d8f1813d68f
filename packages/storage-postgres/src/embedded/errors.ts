/** Why the embedded database did not start. */
export type DatabaseStartReason =
  | "data_in_use"
  | "not_permitted"
  | "no_space"
  | "read_only"
  | "version_mismatch"
  | "unsupported_platform"
  | "no_user_entry"
  | "failed";

/**
 * The embedded database cannot be started. The message is written for the person at the terminal: what is wrong, where,
 * and what to do. A server prints it and exits.
 */
export class DatabaseStartError extends Error {
  override readonly name = "DatabaseStartError";
  readonly reason: DatabaseStartReason;

  constructor(reason: DatabaseStartReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

const MAX_FAULT_LINES = 12;

const FILE_FAULTS: Readonly<Record<string, readonly [DatabaseStartReason, string]>> = {
  ENOSPC: ["no_space", "the disk is full. Free some space and start again"],
  EDQUOT: ["no_space", "this user's disk quota is used up. Free some space and start again"],
  EROFS: [
    "read_only",
    "the file system is read-only. Point PATCHBAY_DATA_DIR at a folder that can be written",
  ],
  EACCES: [
    "not_permitted",
    "this user may not write there. Start as the user who owns it, or set PATCHBAY_DATA_DIR",
  ],
  EPERM: [
    "not_permitted",
    "the system does not permit it. Start as the user who owns it, or set PATCHBAY_DATA_DIR",
  ],
  ENOTDIR: ["failed", "a part of the path is a file. Set PATCHBAY_DATA_DIR to a folder"],
  EEXIST: ["failed", "a file is in the way of a folder. Move it, or set PATCHBAY_DATA_DIR"],
};

/** The `code` of an error of Node's file and process functions, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Turns a file system error into one that says what to do; anything else comes back as it is. */
export function explainFileError(error: unknown, path: string): unknown {
  const fault = FILE_FAULTS[errorCode(error) ?? ""];
  if (fault === undefined) return error;
  const [reason, remedy] = fault;
  return new DatabaseStartError(reason, `The database cannot use ${path}: ${remedy}.`, { cause: error });
}

/** What PostgreSQL's own output says about a failure, in our words; undefined when it says nothing that we know. */
export function explainServerOutput(output: string, path: string): DatabaseStartError | undefined {
  const known: readonly (readonly [RegExp, DatabaseStartReason, string])[] = [
    [
      /No space left on device|Disk quota exceeded/,
      "no_space",
      "the disk is full. Free some space and start again",
    ],
    [
      /Read-only file system/,
      "read_only",
      "the file system is read-only. Set PATCHBAY_DATA_DIR to a folder that can be written",
    ],
    [
      /could not look up effective user ID (\d+)/,
      "no_user_entry",
      "the user that runs Patchbay has no entry in /etc/passwd, which PostgreSQL needs to create a database. " +
        "Add one, or use a PostgreSQL server through PATCHBAY_DATABASE_URL",
    ],
    [
      /incompatible with server|was initialized by PostgreSQL version/,
      "version_mismatch",
      "it was made by another version of PostgreSQL",
    ],
    [
      /Permission denied|has wrong ownership/,
      "not_permitted",
      "its files belong to another user. Start as that user, or change their owner",
    ],
  ];
  for (const [pattern, reason, remedy] of known) {
    if (pattern.test(output)) {
      return new DatabaseStartError(
        reason,
        `The database cannot use ${path}: ${remedy}.\n${faultLines(output)}`,
      );
    }
  }
  return undefined;
}

/** The lines of PostgreSQL's output that tell of a fault, or its last lines when none is marked as one. */
export function faultLines(output: string): string {
  const lines = output.trim().split("\n");
  const faults = lines.filter((line) => /\b(error|fatal|panic|detail|hint):/i.test(line));
  return (faults.length > 0 ? faults : lines).slice(-MAX_FAULT_LINES).join("\n");
}
