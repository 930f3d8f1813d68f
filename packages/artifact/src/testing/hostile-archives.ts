import { crc32, deflateRawSync } from "node:zlib";
import type { ErrorCode } from "@patchbay/protocol";
import {
  type CraftedArchive,
  type CraftedEntry,
  craftZip,
  extraField,
  manifestEntry,
  uint32,
  uint64,
} from "./zip-crafter.ts";

/** An archive that must be refused, and with which code. */
export interface HostileArchive {
  readonly name: string;
  readonly code: ErrorCode;
  readonly build: () => Buffer;
}

const MiB = 1024 * 1024;
const file: CraftedEntry = { name: "dist/plugin.js", content: "export default {}" };

const hostile = (name: string, code: ErrorCode, ...entries: CraftedEntry[]): HostileArchive => ({
  name,
  code,
  build: () => craftZip({ entries: [manifestEntry(), ...entries] }),
});

const archive = (
  name: string,
  code: ErrorCode,
  crafted: Omit<CraftedArchive, "entries">,
): HostileArchive => ({
  name,
  code,
  build: () => craftZip({ entries: [manifestEntry(), file], ...crafted }),
});

const named = (fault: string, code: ErrorCode, name: string | Buffer) =>
  hostile(`a name with ${fault}`, code, { name, content: "x" });

const mode = (bits: number, low = 0) => ({ externalAttributes: bits * 0x10000 + low });

export const HOSTILE_NAMES: readonly HostileArchive[] = [
  named("a parent folder in front", "archive_traversal", "../evil.js"),
  named("a parent folder inside", "archive_traversal", "a/b/../../../evil.js"),
  named("a parent folder at its end", "archive_traversal", "a/.."),
  named("a parent folder behind backslashes", "archive_traversal", "a\\..\\..\\evil.js"),
  named("a slash in front", "archive_absolute_path", "/etc/passwd"),
  named("a drive letter", "archive_absolute_path", "C:/evil.js"),
  named("a drive letter and nothing behind it", "archive_absolute_path", "c:evil.js"),
  named("a network path", "archive_absolute_path", "\\\\host\\share"),
  named("a backslash", "archive_backslash", "a\\b.js"),
  named("nothing in it", "archive_bad_name", ""),
  named("a dot in front", "archive_bad_name", "./a.js"),
  named("an empty part", "archive_bad_name", "a//b.js"),
  named("a NUL", "archive_bad_name", "a.js\0.png"),
  named("a line break", "archive_bad_name", "a\nb.js"),
  named("an escape character", "archive_bad_name", "a\u001b[31m.js"),
  named("a C1 control character", "archive_bad_name", "a\u0085.js"),
  named("a character that turns the writing around", "archive_bad_name", "a\u202egnp.js"),
  named("bytes that are not UTF-8", "archive_bad_name", Buffer.from([0x61, 0xff, 0xfe])),
  named("an overlong slash", "archive_bad_name", Buffer.from([0x61, 0xc0, 0xaf, 0x62])),
  named("half a surrogate pair", "archive_bad_name", Buffer.from([0xed, 0xa0, 0x80])),
  named("more bytes than a path may have", "archive_bad_name", `${"a/".repeat(300)}b`),
  named("a part that no file system takes", "archive_bad_name", "a".repeat(300)),
  named("a device of Windows", "archive_bad_name", "dist/nul.js"),
  named("a numbered device of Windows", "archive_bad_name", "COM1"),
  named("an alternate data stream", "archive_bad_name", "a.js:hidden"),
  named("a dot at its end", "archive_bad_name", "a./b.js"),
  named("a space at its end", "archive_bad_name", "a.js "),
  hostile("the same name twice", "archive_duplicate", file, file),
  hostile("the same folder twice", "archive_duplicate", { name: "a/" }, { name: "a/" }),
  hostile("a second manifest", "archive_duplicate", manifestEntry({ id: "acme.other" })),
  hostile("names that differ in case", "archive_case_collision", file, { ...file, name: "dist/Plugin.js" }),
  hostile("folders that differ in case", "archive_case_collision", file, { ...file, name: "DIST/other.js" }),
  hostile("composed and decomposed letters", "archive_case_collision", { name: "é" }, { name: "e\u0301" }),
  hostile("compatibility forms", "archive_case_collision", { name: "ﬁle" }, { name: "file" }),
  hostile("letters that fold to several", "archive_case_collision", { name: "straße" }, { name: "STRASSE" }),
  hostile("an invisible character", "archive_case_collision", { name: "a.js" }, { name: "a\u200d.js" }),
  hostile(
    "a file used as a folder",
    "archive_duplicate",
    { name: "a", content: "x" },
    { name: "a/b", content: "y" },
  ),
  hostile("a folder used as a file", "archive_duplicate", { name: "a/" }, { name: "a", content: "x" }),
];

export const HOSTILE_KINDS: readonly HostileArchive[] = [
  hostile("a symbolic link", "archive_symlink", { ...file, content: "/etc/passwd", central: mode(0o120777) }),
  hostile("a link that claims to come from DOS", "archive_symlink", {
    ...file,
    central: { ...mode(0o120777), versionMadeBy: 20 },
  }),
  hostile("a link of Windows", "archive_symlink", {
    ...file,
    central: { externalAttributes: 0x400, versionMadeBy: 0x0a14 },
  }),
  hostile("a link in an extra field", "archive_symlink", {
    ...file,
    extra: extraField(0x756e, Buffer.concat([uint32(0), Buffer.from([0xff, 0xa1]), Buffer.alloc(8)])),
  }),
  hostile("a character device", "archive_special_file", { ...file, central: mode(0o020666) }),
  hostile("a block device", "archive_special_file", { ...file, central: mode(0o060666) }),
  hostile("a pipe", "archive_special_file", { ...file, central: mode(0o010666) }),
  hostile("a socket", "archive_special_file", { ...file, central: mode(0o140666) }),
  hostile("a folder named like a file", "archive_special_file", { ...file, central: mode(0o040755) }),
  hostile("a file named like a folder", "archive_special_file", { name: "dist/", central: mode(0o100644) }),
  hostile("a folder by DOS attribute only", "archive_special_file", {
    ...file,
    central: { externalAttributes: 0x10 },
  }),
  hostile("a volume label", "archive_special_file", { ...file, central: { externalAttributes: 0x08 } }),
  hostile("a folder with content", "archive_hidden_data", { name: "dist/", content: "x", method: 0 }),
  hostile("an encrypted entry", "archive_encrypted", { ...file, flags: 0x801 }),
  hostile("strong encryption", "archive_encrypted", { ...file, flags: 0x841 }),
  hostile("masked headers", "archive_encrypted", { ...file, flags: 0x2800 }),
  hostile("AES encryption", "archive_encrypted", { ...file, method: 99, packed: Buffer.alloc(9) }),
  hostile("an AES field", "archive_encrypted", { ...file, extra: extraField(0x9901, Buffer.alloc(7)) }),
  hostile("Deflate64", "archive_unsupported", { ...file, method: 9, packed: Buffer.alloc(9) }),
  hostile("LZMA", "archive_unsupported", { ...file, method: 14, packed: Buffer.alloc(9) }),
  hostile("patched data", "archive_unsupported", { ...file, flags: 0x820 }),
  hostile("an entry on another disk", "archive_unsupported", { ...file, central: { disk: 1 } }),
];

const content = Buffer.from("export default {}");
const descriptor = (...values: number[]) => uint32(0x08074b50, ...values);
const packed = deflateRawSync(content);

export const HOSTILE_CONTENTS: readonly HostileArchive[] = [
  hostile("a wrong checksum", "archive_bad_crc", { ...file, crc32: 1 }),
  hostile("a wrong checksum of stored data", "archive_bad_crc", { ...file, method: 0, crc32: 1 }),
  hostile("damaged deflated data", "archive_bad_crc", {
    ...file,
    packed: Buffer.from([0xff, 0xff, 0xff, 0xff]),
  }),
  hostile("deflated data that breaks off", "archive_size_mismatch", {
    ...file,
    packed: packed.subarray(0, 5),
  }),
  hostile("less content than claimed", "archive_size_mismatch", { ...file, unpackedBytes: 1_000 }),
  hostile("more content than claimed", "archive_size_mismatch", { ...file, unpackedBytes: 3 }),
  hostile("content that claims to be empty", "archive_size_mismatch", {
    ...file,
    unpackedBytes: 0,
    crc32: 0,
  }),
  hostile("stored data with two sizes", "archive_size_mismatch", { ...file, method: 0, unpackedBytes: 3 }),
  hostile("data behind the deflated content", "archive_hidden_data", {
    ...file,
    packed: Buffer.concat([packed, Buffer.from("secret")]),
  }),
  hostile("a large entry with data behind its content", "archive_hidden_data", {
    ...file,
    content: Buffer.alloc(2 * MiB, "abcdefghij".repeat(3)),
    packed: Buffer.concat([
      deflateRawSync(Buffer.alloc(2 * MiB, "abcdefghij".repeat(3))),
      Buffer.alloc(2 * MiB),
    ]),
  }),
  hostile("a large entry that is longer than claimed", "archive_size_mismatch", {
    ...file,
    content: Buffer.alloc(2 * MiB, 7),
    packed: deflateRawSync(Buffer.alloc(40 * MiB, 7)),
  }),
  hostile("a large entry that is shorter than claimed", "archive_size_mismatch", {
    ...file,
    method: 8,
    packed: deflateRawSync(Buffer.alloc(2 * MiB, 7), { level: 0 }),
    unpackedBytes: 3 * MiB,
  }),
  hostile("a large entry with a wrong checksum", "archive_bad_crc", {
    ...file,
    content: Buffer.alloc(2 * MiB, 7),
    method: 0,
    crc32: 5,
  }),
  hostile("a large entry that is damaged", "archive_bad_crc", {
    ...file,
    unpackedBytes: 2 * MiB,
    packed: Buffer.alloc(2 * MiB, 0xff),
  }),
  hostile("a ratio bomb", "archive_ratio", { ...file, content: Buffer.alloc(20 * MiB) }),
  hostile("more than may be unpacked, in one entry", "archive_unpacked_too_large", {
    ...file,
    unpackedBytes: 201 * MiB,
  }),
  hostile(
    "more than may be unpacked, altogether",
    "archive_unpacked_too_large",
    ...Array.from({ length: 300 }, (_, index) => ({ name: `f${index}`, content: Buffer.alloc(MiB, index) })),
  ),
];

export const HOSTILE_LAYOUTS: readonly HostileArchive[] = [
  hostile("data before the first header", "archive_hidden_data", { ...file, before: Buffer.from("gap") }),
  {
    name: "a program in front of the archive",
    code: "archive_hidden_data",
    build: () => Buffer.concat([Buffer.from("#!/bin/sh\n"), craftZip({ entries: [manifestEntry(), file] })]),
  },
  {
    name: "a program in front, with offsets that allow for it",
    code: "archive_hidden_data",
    build: () => craftZip({ entries: [{ ...manifestEntry(), before: Buffer.from("#!/bin/sh\n") }, file] }),
  },
  hostile(
    "a gap between entries",
    "archive_hidden_data",
    { ...file, after: Buffer.alloc(40) },
    { name: "b" },
  ),
  hostile("an entry that the directory does not list", "archive_hidden_data", { ...file, only: "local" }),
  hostile("a record without an entry", "archive_header_mismatch", { ...file, only: "central" }),
  hostile("two records for one entry", "archive_overlap", {
    name: "evil.js",
    only: "central",
    central: { headerOffset: 0 },
  }),
  hostile(
    "entries inside one another",
    "archive_overlap",
    {
      ...file,
      packedBytes: packed.length + 30,
      central: { packedBytes: packed.length + 30 },
    },
    { name: "b", content: "y" },
  ),
  hostile("an entry inside another one's data", "archive_overlap", file, {
    name: "b",
    only: "central",
    central: { headerOffset: 10 },
  }),
  hostile("an entry that reaches into the directory", "archive_overlap", {
    ...file,
    packedBytes: packed.length + 10,
  }),
  hostile("an entry that lies behind the archive", "archive_overlap", {
    ...file,
    packed: Buffer.alloc(0),
    packedBytes: 0xfffffff0,
  }),
  hostile(
    "a header far outside the file",
    "archive_hidden_data",
    { ...file, central: { headerOffset: 0xfffffff0 } },
    { name: "b" },
  ),
  archive("data between entries and directory", "archive_hidden_data", { beforeDirectory: Buffer.alloc(50) }),
  archive("data between directory and end", "archive_hidden_data", {
    afterDirectory: Buffer.from("signature"),
  }),
  archive("data behind the end", "archive_hidden_data", { afterEnd: Buffer.from("more") }),
  archive("another archive behind the end", "archive_hidden_data", {
    afterEnd: craftZip({ entries: [manifestEntry()] }),
  }),
  archive("an end record in the comment", "archive_hidden_data", {
    comment: Buffer.concat([uint32(0x06054b50), Buffer.alloc(30)]),
  }),
  archive("fewer records than counted", "archive_unreadable", { end: { entryCount: 3 } }),
  archive("more records than counted", "archive_hidden_data", { end: { entryCount: 1 } }),
  archive("a directory that ends too late", "archive_unreadable", { end: { length: 0xffff } }),
  archive("a directory that begins too early", "archive_hidden_data", { end: { offset: 3 } }),
  archive("a first part of several", "archive_unsupported", { end: { disk: 1 } }),
  archive("records on several disks", "archive_unsupported", { end: { entriesOnDisk: 1 } }),
  archive("a zip64 record with another count", "archive_header_mismatch", { zip64: { entryCount: 1 } }),
  archive("a zip64 record with another offset", "archive_header_mismatch", { zip64: { offset: 3 } }),
  archive("a zip64 record in another place", "archive_unsupported", { zip64: { locator: 3 } }),
  archive("a zip64 record of several disks", "archive_unsupported", { zip64: { disks: 3 } }),
  archive("a zip64 count beyond all bounds", "archive_too_many_entries", {
    zip64: { entryCount: Number.MAX_SAFE_INTEGER },
    end: { entryCount: 0xffff },
  }),
  {
    name: "too many entries",
    code: "archive_too_many_entries",
    build: () => craftZip({ entries: Array.from({ length: 5_001 }, (_, index) => ({ name: `f${index}` })) }),
  },
  {
    name: "too many folders that follow from paths",
    code: "archive_too_many_entries",
    build: () =>
      craftZip({
        entries: Array.from({ length: 100 }, (_, index) => ({ name: `${index}/${"a/".repeat(90)}f` })),
      }),
  },
  { name: "an empty file", code: "archive_unreadable", build: () => Buffer.alloc(0) },
  {
    name: "a file that is no zip",
    code: "archive_unreadable",
    build: () => Buffer.alloc(100_000, "no zip "),
  },
  { name: "an end record alone", code: "manifest_missing", build: () => craftZip({ entries: [] }) },
];

const zip64Sizes = (unpacked: number | bigint, packedSize: number) => ({
  packedBytes: 0xffffffff,
  unpackedBytes: 0xffffffff,
  extra: extraField(0x0001, uint64(unpacked, packedSize)),
});

export const HOSTILE_HEADERS: readonly HostileArchive[] = [
  hostile("another name in the header", "archive_header_mismatch", {
    ...file,
    local: { name: "dist/evil00.js" },
  }),
  hostile("a longer name in the header", "archive_header_mismatch", {
    ...file,
    local: { name: "dist/plugin.js2" },
  }),
  hostile("another method in the header", "archive_header_mismatch", { ...file, local: { method: 0 } }),
  hostile("other flags in the header", "archive_header_mismatch", { ...file, local: { flags: 0 } }),
  hostile("encryption in the header only", "archive_header_mismatch", { ...file, local: { flags: 0x801 } }),
  hostile("another checksum in the header", "archive_header_mismatch", { ...file, local: { crc32: 7 } }),
  hostile("another packed size in the header", "archive_header_mismatch", {
    ...file,
    local: { packedBytes: 7 },
  }),
  hostile("another unpacked size in the header", "archive_header_mismatch", {
    ...file,
    local: { unpackedBytes: 7 },
  }),
  hostile("no sizes in the header, and no descriptor", "archive_header_mismatch", {
    ...file,
    local: { unpackedBytes: 0 },
  }),
  hostile("a wrong signature in the header", "archive_header_mismatch", {
    ...file,
    local: { signature: 0x04034b51 },
  }),
  hostile("a wrong signature in the directory", "archive_unreadable", {
    ...file,
    central: { signature: 0x02014b51 },
  }),
  hostile("a descriptor with another checksum", "archive_header_mismatch", {
    ...file,
    flags: 0x808,
    after: descriptor(7, packed.length, content.length),
  }),
  hostile("a descriptor with other sizes", "archive_header_mismatch", {
    ...file,
    flags: 0x808,
    after: descriptor(crc32(content), packed.length, 7),
  }),
  hostile("a promised descriptor that is missing", "archive_header_mismatch", { ...file, flags: 0x808 }),
  hostile("data behind a descriptor", "archive_hidden_data", {
    ...file,
    flags: 0x808,
    after: Buffer.concat([descriptor(crc32(content), packed.length, content.length), Buffer.alloc(9)]),
  }),
  hostile("a descriptor that nothing promised", "archive_hidden_data", {
    ...file,
    after: descriptor(crc32(content), packed.length, content.length),
  }),
  hostile("zip64 sizes beyond all bounds", "archive_unreadable", {
    ...file,
    central: zip64Sizes(2n ** 63n, 3),
  }),
  hostile("zip64 sizes that are too large", "archive_unpacked_too_large", {
    ...file,
    central: zip64Sizes(2 ** 40, 2 ** 39),
  }),
  hostile("zip64 sizes that differ from the header's", "archive_header_mismatch", {
    ...file,
    central: zip64Sizes(content.length, packed.length),
    local: { unpackedBytes: 3 },
  }),
  hostile("a zip64 field that is too short", "archive_unreadable", {
    ...file,
    central: { packedBytes: 0xffffffff, extra: extraField(1, Buffer.alloc(4)) },
  }),
  hostile("an extra field that is cut off", "archive_unreadable", {
    ...file,
    extra: Buffer.from([1, 2, 200, 0, 5]),
  }),
  hostile("a second name in an extra field", "archive_header_mismatch", {
    ...file,
    extra: extraField(
      0x7075,
      Buffer.concat([Buffer.from([1]), uint32(crc32("dist/plugin.js")), Buffer.from("../evil")]),
    ),
  }),
  hostile("the same extra field twice", "archive_header_mismatch", {
    ...file,
    extra: Buffer.concat([extraField(1, Buffer.alloc(8)), extraField(1, Buffer.alloc(8))]),
  }),
];

export const HOSTILE_ARCHIVES: readonly HostileArchive[] = [
  ...HOSTILE_NAMES,
  ...HOSTILE_KINDS,
  ...HOSTILE_CONTENTS,
  ...HOSTILE_LAYOUTS,
  ...HOSTILE_HEADERS,
];
