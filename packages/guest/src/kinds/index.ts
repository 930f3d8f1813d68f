import type { ServerKindName } from "@patchbay/protocol";
import { endpoints } from "./endpoints.ts";
import type { GuestKind } from "./kind.ts";
import { messageHooks } from "./message-hooks.ts";
import { models } from "./models.ts";
import { prompts } from "./prompts.ts";
import { resources } from "./resources.ts";
import { schedules } from "./schedules.ts";
import { tools } from "./tools.ts";

/** What of a plugin's definition can be called, by the definition's field. */
export const GUEST_KINDS: { readonly [K in ServerKindName]: GuestKind<K> } = {
  tools,
  prompts,
  resources,
  models,
  messageHooks,
  schedules,
  endpoints,
};
