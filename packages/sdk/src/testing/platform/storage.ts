import type { StorageList } from "@patchbay/protocol";
import type { StorageListOptions } from "../../api/storage.ts";
import type { StandIn } from "./stand-in.ts";

type Stored<T> = Map<string, { readonly value: T; readonly bytes: number }>;

export const storage = (): StandIn<"storage"> => {
  const values: Stored<string> = new Map();
  const files: Stored<{ readonly content: Uint8Array<ArrayBuffer>; readonly contentType: string | null }> =
    new Map();
  return {
    "storage.get": ({ key }) => {
      const json = values.get(key)?.value;
      return { value: json === undefined ? undefined : JSON.parse(json) };
    },
    "storage.set": ({ key, value }) => {
      const json = JSON.stringify(value);
      values.set(key, { value: json, bytes: json.length });
      return { value: null };
    },
    "storage.delete": ({ key }) => ({ value: values.delete(key) }),
    "storage.list": (options) => ({ value: page(values, options) }),
    "storage.files.read": ({ path }) => {
      const file = files.get(path)?.value;
      if (file === undefined) return { value: null };
      const { content, contentType } = file;
      return { value: { contentType, bytes: content.length }, body: content };
    },
    "storage.files.write": ({ path, contentType = null }, { attachment }) => {
      const content = new Uint8Array(attachment ?? []);
      files.set(path, { value: { content, contentType }, bytes: content.length });
      return { value: null };
    },
    "storage.files.delete": ({ path }) => ({ value: files.delete(path) }),
    "storage.files.list": (options) => ({ value: page(files, options) }),
  };
};

const page = (
  stored: Stored<unknown>,
  { prefix = "", limit = 100, cursor = "" }: StorageListOptions,
): StorageList => {
  const keys = [...stored.keys()].filter((key) => key.startsWith(prefix) && key > cursor).sort();
  const items = keys
    .slice(0, limit)
    .map((key) => ({ key, bytes: stored.get(key)?.bytes ?? 0, updatedAt: new Date().toISOString() }));
  const last = items.at(-1)?.key;
  return { items, ...(keys.length > limit && last !== undefined && { cursor: last }) };
};
