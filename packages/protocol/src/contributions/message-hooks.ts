import Type, { type Static } from "typebox";
import type { Result } from "../errors.ts";
import { ContributionName, Description, OptionalTitle, strict } from "../manifest-fields.ts";
import { type ServerKind, wordsOf } from "./kind.ts";

const MessageHookContribution = Type.Object(
  { name: ContributionName, title: OptionalTitle, description: Type.Optional(Description) },
  { ...strict, description: "an object with name" },
);
type MessageHookContribution = Static<typeof MessageHookContribution>;

const FoundMessageHook = Type.Object({
  name: Type.String({ maxLength: 128 }),
  title: Type.Optional(Type.String({ maxLength: 256 })),
  description: Type.Optional(Type.String({ maxLength: 4_096 })),
});
type FoundMessageHook = Static<typeof FoundMessageHook>;

/** Functions of server code that messages pass on their way to chat models. Every question of the organization waits for each. */
export const messageHooks = {
  words: { one: "message hook", many: "message hooks" },
  entry: MessageHookContribution,
  list: { maxItems: 5, description: "a list of message hooks" },
  bundle: "main",
  found: FoundMessageHook,
  notFound: "hook_not_found",
  permissionOf: () => ({ name: "chat.messages" as const, field: "" }),
  entryOf: (
    found: FoundMessageHook,
    declared: MessageHookContribution | undefined,
  ): Result<MessageHookContribution, string> => ({
    ok: true,
    value: { name: found.name, ...wordsOf(found, declared) },
  }),
} as const satisfies ServerKind;
