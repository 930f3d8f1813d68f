import {
  type HostParams,
  MAX_STORAGE_FILE_BYTES,
  MAX_STORAGE_KEY_BYTES,
  MAX_STORAGE_TOTAL_BYTES,
  MAX_STORAGE_VALUE_BYTES,
  PatchbayError,
} from "@patchbay/protocol";
import type { PluginDataStore } from "../../ports/plugin-data-store.ts";
import { OwnSlots } from "../../slots.ts";
import type { HostHandlers, PermittedCall } from "./domain.ts";
import { withinSlots } from "./within-slots.ts";

const DEFAULT_PAGE = 100;
/** Of the calls of one installation, or of one person's views of it: those that are with the database, or whose value waits for its reader. */
const MAX_VALUES_AT_ONCE = 16;
/** The same of files, which are sixteen times as large. */
const MAX_FILES_AT_ONCE = 4;

/** `storage`: values and files in the installation's own space. The installation comes from the pipe, never from the plugin. */
export const storageDomain = (store: PluginDataStore): HostHandlers<"storage"> => {
  const values = new OwnSlots(MAX_VALUES_AT_ONCE);
  const files = new OwnSlots(MAX_FILES_AT_ONCE);
  return withinSlots(storageHandlers(store), (method) => (FILE_CALLS.has(method) ? files : values));
};

const FILE_CALLS = new Set(["storage.files.read", "storage.files.write"]);

const storageHandlers = (store: PluginDataStore): HostHandlers<"storage"> => ({
  "storage.get": async (call) => ({ value: await store.get(idOf(call), checkKey(call.params.key)) }),
  "storage.set": async (call) => {
    const { key, value } = call.params;
    if (value === undefined)
      throw new PatchbayError(
        "invalid_input",
        "storage.set needs a value that JSON can carry; use delete to remove one.",
      );
    requireSize("A stored value", JSON.stringify(value).length, MAX_STORAGE_VALUE_BYTES);
    await store.set(idOf(call), checkKey(key), value, MAX_STORAGE_TOTAL_BYTES);
    return { value: null };
  },
  "storage.delete": async (call) => ({ value: await store.delete(idOf(call), checkKey(call.params.key)) }),
  "storage.list": async (call) => ({ value: await store.list(idOf(call), pageOf(call.params)) }),
  "storage.files.read": async (call) => {
    const file = await store.readFile(idOf(call), checkKey(call.params.path));
    if (file === null) return { value: null };
    return { value: { contentType: file.contentType, bytes: file.bytes.length }, body: chunks(file.bytes) };
  },
  "storage.files.write": async (call) => {
    requireSize("A stored file", call.attachment.length, MAX_STORAGE_FILE_BYTES);
    const { path, contentType = null } = call.params;
    const file = { bytes: call.attachment, contentType };
    await store.writeFile(idOf(call), checkKey(path), file, MAX_STORAGE_TOTAL_BYTES);
    return { value: null };
  },
  "storage.files.delete": async (call) => ({
    value: await store.deleteFile(idOf(call), checkKey(call.params.path)),
  }),
  "storage.files.list": async (call) => ({ value: await store.listFiles(idOf(call), pageOf(call.params)) }),
});

/** Small enough for the pipe to interleave other answers. */
const CHUNK_BYTES = 256 * 1024;

const chunks = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    yield bytes.subarray(start, start + CHUNK_BYTES);
};

const idOf = (call: PermittedCall): string => call.spec.installationId;

const checkKey = (key: string): string => {
  if (key.includes("\0"))
    throw new PatchbayError("invalid_input", "A storage key cannot contain the NUL character.");
  requireSize("A storage key", Buffer.byteLength(key), MAX_STORAGE_KEY_BYTES);
  return key;
};

const pageOf = ({ limit = DEFAULT_PAGE, ...rest }: HostParams<"storage.list">) => ({ limit, ...rest });

const requireSize = (what: string, bytes: number, most: number): void => {
  if (bytes > most)
    throw new PatchbayError("quota_exceeded", `${what} takes at most ${most} bytes; this one has ${bytes}.`);
};
