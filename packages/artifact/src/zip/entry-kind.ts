import { EXTRA_ASI_UNIX } from "./format.ts";
import { refuseEntry } from "./refusal.ts";

const TYPE_MASK = 0xf000;
const TYPE_SYMLINK = 0xa000;
const TYPE_FILE = 0x8000;
const TYPE_FOLDER = 0x4000;

const DOS_VOLUME_LABEL = 0x08;
const DOS_FOLDER = 0x10;
const DOS_REPARSE_POINT = 0x400;

/** Offset of the Unix mode in the ASi extra field. */
const ASI_MODE_OFFSET = 4;

/**
 * Refuses links, devices, pipes, sockets and whatever else is neither file nor folder, with `archive_symlink` or
 * `archive_special_file`. The system that the entry claims to come from is not asked: unpackers differ in whether
 * they ask, so a mode counts wherever it is found.
 */
export function checkEntryKind(
  externalAttributes: number,
  extra: ReadonlyMap<number, Buffer>,
  entry: { readonly name: string; readonly isFolder: boolean },
): void {
  checkUnixMode(externalAttributes >>> 16, entry);
  const asi = extra.get(EXTRA_ASI_UNIX);
  if (asi !== undefined && asi.length >= ASI_MODE_OFFSET + 2)
    checkUnixMode(asi.readUInt16LE(ASI_MODE_OFFSET), entry);
  if ((externalAttributes & DOS_REPARSE_POINT) !== 0) throw symlink(entry.name);
  if ((externalAttributes & DOS_VOLUME_LABEL) !== 0) throw special(entry.name, "is a volume label");
  if ((externalAttributes & DOS_FOLDER) !== 0 && !entry.isFolder) {
    throw special(entry.name, "is marked as a folder but named like a file");
  }
}

function checkUnixMode(mode: number, entry: { readonly name: string; readonly isFolder: boolean }): void {
  switch (mode & TYPE_MASK) {
    case 0:
      return;
    case TYPE_SYMLINK:
      throw symlink(entry.name);
    case TYPE_FILE:
      if (entry.isFolder) throw special(entry.name, "is marked as a file but named like a folder");
      return;
    case TYPE_FOLDER:
      if (!entry.isFolder) throw special(entry.name, "is marked as a folder but named like a file");
      return;
    default:
      throw special(entry.name, "is a device, pipe or socket");
  }
}

const symlink = (name: string) =>
  refuseEntry("archive_symlink", name, "is a symbolic link. Put the file itself into the package.");

const special = (name: string, what: string) =>
  refuseEntry("archive_special_file", name, `${what}. Leave it out; packages hold files and folders only.`);
