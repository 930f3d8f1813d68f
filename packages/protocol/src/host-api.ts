import Type, { type Static, type TSchema } from "typebox";
import { MAX_STORAGE_KEY_BYTES } from "./limits.ts";
import type { PermissionName } from "./permissions.ts";
import { LINES, TEXT } from "./text.ts";

/**
 * Every call that a plugin can make into the platform: the permission that it needs, and the form of its parameters.
 * The gate refuses what is not in this list, what was not granted and what has the wrong form, in that order.
 */
export interface HostMethod {
  readonly permission: PermissionName | null;
  /** Absent while the domain behind the method is not built: the gate answers `not_available` after the permission check. */
  readonly params?: TSchema;
}

const Key = Type.String({ minLength: 1, maxLength: MAX_STORAGE_KEY_BYTES });
const Page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 1024 })),
};
const strict = { additionalProperties: false } as const;

export const StorageKeyParams = Type.Object({ key: Key }, strict);
export const StorageSetParams = Type.Object({ key: Key, value: Type.Unknown() }, strict);
export const StorageListParams = Type.Object(
  { prefix: Type.Optional(Type.String({ maxLength: MAX_STORAGE_KEY_BYTES })), ...Page },
  strict,
);
/** The file's bytes are the frame's attachment. */
export const FileWriteParams = Type.Object(
  { path: Key, contentType: Type.Optional(Type.String({ maxLength: 200 })) },
  strict,
);
export const FileParams = Type.Object({ path: Key }, strict);
/** The request body is the frame's attachment; the answer is a `FetchHead` whose body follows as a stream of bytes. */
export const FetchParams = Type.Object(
  {
    url: Type.String({ maxLength: 16_384 }),
    method: Type.String({ pattern: "^[A-Z]{1,16}$" }),
    headers: Type.Array(Type.Tuple([Type.String({ maxLength: 256 }), Type.String({ maxLength: 16_384 })]), {
      maxItems: 200,
    }),
    redirect: Type.Union([Type.Literal("follow"), Type.Literal("manual"), Type.Literal("error")]),
    hasBody: Type.Boolean(),
  },
  strict,
);

/** A note for whoever looks at the console. */
export const NotificationParams = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120, format: TEXT }),
    message: Type.Optional(Type.Union([Type.String({ maxLength: 1_000, format: LINES }), Type.Literal("")])),
    level: Type.Optional(Type.Enum(["info", "success", "warning", "error"])),
  },
  strict,
);
const NoParams = Type.Object({}, strict);

export type NotificationParams = Static<typeof NotificationParams>;
export type FetchParams = Static<typeof FetchParams>;
export type StorageListParams = Static<typeof StorageListParams>;

/** What `fetch` answers before its body. */
export interface FetchHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly url: string;
  readonly redirected: boolean;
}

/** `storage.files.read`, null when there is no such file. The bytes follow as the answer's body. */
export interface FileReadAnswer {
  readonly contentType: string | null;
  readonly bytes: number;
}

/** A page of keys or files. `cursor` is absent on the last page. */
export interface StorageEntry {
  readonly key: string;
  readonly bytes: number;
  readonly updatedAt: string;
}
export interface StorageList {
  readonly items: readonly StorageEntry[];
  readonly cursor?: string;
}

const method = (permission: PermissionName | null, params?: TSchema): HostMethod =>
  params ? { permission, params } : { permission };

/**
 * What they answer: `storage.get` the value, or nothing when there is none; `set` and `write` null; `delete` whether there
 * was one; `list` a `StorageList`; `storage.files.read` a `FileReadAnswer`; `fetch` a `FetchHead`; `metrics.plugins` a
 * list of `PluginMetricsDto`; `ui.showNotification` null.
 */
export const HOST_METHODS = {
  "storage.get": method("storage.scoped", StorageKeyParams),
  "storage.set": method("storage.scoped", StorageSetParams),
  "storage.delete": method("storage.scoped", StorageKeyParams),
  "storage.list": method("storage.scoped", StorageListParams),
  "storage.files.read": method("storage.scoped", FileParams),
  "storage.files.write": method("storage.scoped", FileWriteParams),
  "storage.files.delete": method("storage.scoped", FileParams),
  "storage.files.list": method("storage.scoped", StorageListParams),
  fetch: method("net.fetch", FetchParams),
  "storage.conversations.create": method("storage.conversations"),
  "storage.conversations.read": method("storage.conversations"),
  "storage.conversations.update": method("storage.conversations"),
  "storage.conversations.delete": method("storage.conversations"),
  "storage.conversations.list": method("storage.conversations"),
  "chat.sendMessage": method("chat.inference"),
  "chat.streamMessage": method("chat.inference"),
  "chat.cancelStream": method("chat.inference"),
  "chat.getActiveModel": method("chat.models"),
  "chat.listModels": method("chat.models"),
  "memory.createNamespace": method("memory.write"),
  "memory.listNamespaces": method("memory.read"),
  "memory.updateNamespace": method("memory.write"),
  "memory.deleteNamespace": method("memory.write"),
  "memory.createEntry": method("memory.write"),
  "memory.readEntry": method("memory.read"),
  "memory.updateEntry": method("memory.write"),
  "memory.deleteEntry": method("memory.write"),
  "memory.search": method("memory.read"),
  "memory.extract": method("memory.extract"),
  "memory.consolidate": method("memory.extract"),
  "tools.list": method("tools.invoke"),
  "tools.invoke": method("tools.invoke"),
  "workflows.run": method("workflows.run"),
  "data.streams": method("data.read"),
  "data.query": method("data.read"),
  "data.upsert": method("data.write"),
  "metrics.plugins": method("metrics.read", NoParams),
  "ui.showNotification": method("ui.notifications", NotificationParams),
  "ui.getTheme": method(null),
} as const satisfies Record<string, HostMethod>;

export type HostMethodName = keyof typeof HOST_METHODS;

export const isHostMethodName = (value: unknown): value is HostMethodName =>
  typeof value === "string" && Object.hasOwn(HOST_METHODS, value);
