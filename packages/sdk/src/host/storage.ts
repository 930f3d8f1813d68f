import type { StorageApi, StoredFile } from "../api/storage.ts";
import { nothing, type TypedAsk, value } from "./ask.ts";

export const storageApi = (ask: TypedAsk): StorageApi => ({
  // A stored null is found, so only what is absent becomes undefined.
  get: async <T>(key: string) => (await value(ask("storage.get", { key }))) as T | undefined,
  set: async (key, stored) => {
    if (stored === undefined)
      throw new TypeError(
        "storage.set got undefined as the value. Store null, or use storage.delete to remove the key.",
      );
    await nothing(ask("storage.set", { key, value: stored }));
  },
  delete: (key) => value(ask("storage.delete", { key })),
  list: (options = {}) => value(ask("storage.list", options)),
  files: {
    read: (path) => readFile(ask, path),
    write: (path, content, options = {}) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
      return nothing(ask("storage.files.write", { path, ...options }, { attachment: bytes }));
    },
    delete: (path) => value(ask("storage.files.delete", { path })),
    list: (options = {}) => value(ask("storage.files.list", options)),
  },
});

const readFile = async (ask: TypedAsk, path: string): Promise<StoredFile | undefined> => {
  const { value: found, body } = await ask("storage.files.read", { path });
  if (found === null) return undefined;
  const bytes = new Uint8Array(await new Response(body ?? null).arrayBuffer());
  return { bytes, contentType: found.contentType ?? undefined };
};
