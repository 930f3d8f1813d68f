import { MAX_ENTRY_PATH_BYTES } from "@patchbay/protocol";
import { refuseEntry } from "./refusal.ts";

/** One part of a path, in UTF-8 bytes: what common file systems take. */
const MAX_PART_BYTES = 255;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The name as text. It must be UTF-8 whether or not the entry's flag says so: macOS writes it without the flag, and
 * every other reading of such bytes depends on the reader's locale. Refuses with `archive_bad_name`.
 */
export function decodeEntryName(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw refuseEntry(
      "archive_bad_name",
      bytes.toString("latin1"),
      "has a name that is not UTF-8. Rename it.",
      cause,
    );
  }
}

/** Control characters, and those that make a name look like another one when it is printed. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/u;
/** Characters that Windows does not take in names; the colon also opens an alternate data stream there. */
const NOT_ON_WINDOWS = /[<>:"|?*]/;
/** Names of Windows devices, with or without an extension. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?$/i;

/**
 * Checks that a path stays inside the package and means the same file on every system. A trailing slash (a folder) is
 * fine. Refuses with `archive_absolute_path`, `archive_backslash`, `archive_traversal` or `archive_bad_name`.
 */
export function checkEntryName(name: string): void {
  const bad = (fault: string) => refuseEntry("archive_bad_name", name, fault);
  if (name === "") throw bad("has no name. Pack the archive again.");
  if (INVISIBLE.test(name)) throw bad("has control characters in its name. Rename it.");
  if (Buffer.byteLength(name) > MAX_ENTRY_PATH_BYTES) {
    throw bad(`has a path longer than ${MAX_ENTRY_PATH_BYTES} bytes. Shorten it.`);
  }
  if (name.startsWith("/") || name.startsWith("\\") || /^[a-z]:/i.test(name)) {
    throw refuseEntry("archive_absolute_path", name, "has an absolute path. Use relative paths.");
  }
  const parts = (name.endsWith("/") ? name.slice(0, -1) : name).split("/");
  if (parts.some((part) => part.split("\\").includes(".."))) {
    throw refuseEntry("archive_traversal", name, "leads out of the package. Use paths without `..`.");
  }
  if (name.includes("\\")) {
    throw refuseEntry(
      "archive_backslash",
      name,
      "has a backslash in its path, as older PowerShell writes it. Make the package with `patchbay plugin pack`, or with `tar -a -c -f plugin.zip plugin.json dist` on Windows.",
    );
  }
  for (const part of parts) checkPart(part, bad);
}

function checkPart(part: string, bad: (fault: string) => Error): void {
  if (part === "" || part === ".")
    throw bad(
      "has an empty part or `.` in its path. Make the package with `patchbay plugin pack`, or name its files without `./`: `zip -r plugin.zip plugin.json dist`.",
    );
  if (Buffer.byteLength(part) > MAX_PART_BYTES) {
    throw bad(`has a name longer than ${MAX_PART_BYTES} bytes. Shorten it.`);
  }
  if (NOT_ON_WINDOWS.test(part)) throw bad('has a character of < > : " | ? * in its name. Rename it.');
  if (/[. ]$/.test(part)) throw bad("has a name that ends with a dot or a space. Rename it.");
  if (WINDOWS_DEVICE.test(part)) throw bad("is named like a device of Windows. Rename it.");
}
