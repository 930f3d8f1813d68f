import Type from "typebox";
import { MAX_STORAGE_KEY_BYTES } from "../limits.ts";
import { answers, type HostDomain, strict } from "./domain.ts";

const Key = Type.String({ minLength: 1, maxLength: MAX_STORAGE_KEY_BYTES });
const KeyParams = Type.Object({ key: Key }, strict);
const FileParams = Type.Object({ path: Key }, strict);
const ListParams = Type.Object(
  {
    prefix: Type.Optional(Type.String({ maxLength: MAX_STORAGE_KEY_BYTES })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    cursor: Type.Optional(Type.String({ maxLength: 1024 })),
  },
  strict,
);
const SetParams = Type.Object({ key: Key, value: Type.Unknown() }, strict);
/** The file's bytes are the frame's attachment. */
const FileWriteParams = Type.Object(
  { path: Key, contentType: Type.Optional(Type.String({ maxLength: 200 })) },
  strict,
);

/** Null when there is no such file. The bytes follow as the answer's body. */
export interface FileReadAnswer {
  readonly contentType: string | null;
  readonly bytes: number;
}

export interface StorageEntry {
  /** The key, or the path of a file. */
  readonly key: string;
  readonly bytes: number;
  readonly updatedAt: string;
}

/** A page of keys or files. `cursor` is absent on the last page. */
export interface StorageList {
  readonly items: readonly StorageEntry[];
  readonly cursor?: string;
}

const permission = "storage.scoped";
/** Whether there was one. */
const wasThere = answers<boolean>();

/** Values and files in the plugin's own space. */
export const STORAGE = {
  /** The value; null, or nothing, when there is none. */
  "storage.get": { permission, params: KeyParams, answer: answers<unknown>() },
  "storage.set": { permission, params: SetParams, answer: answers<null>() },
  "storage.delete": { permission, params: KeyParams, answer: wasThere },
  "storage.list": { permission, params: ListParams, answer: answers<StorageList>() },
  "storage.files.read": { permission, params: FileParams, answer: answers<FileReadAnswer | null>() },
  "storage.files.write": { permission, params: FileWriteParams, answer: answers<null>() },
  "storage.files.delete": { permission, params: FileParams, answer: wasThere },
  "storage.files.list": { permission, params: ListParams, answer: answers<StorageList>() },
} as const satisfies HostDomain;
