import Type, { type Static } from "typebox";
import { GrantSchema, PluginId, Semver } from "../manifest.ts";
import { LINES } from "../text.ts";
import { GrantDto, InstallBody, ScopeDto } from "./plugins.ts";

const strict = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, maxLength: 1_000, format: LINES });

export const RequestStateDto = Type.Enum(["open", "approved", "refused", "withdrawn"]);
export const PluginRequestBody = Type.Object(
  {
    plugin: PluginId,
    version: Type.Optional(Semver),
    grants: Type.Optional(
      Type.Array(GrantSchema, { maxItems: 50, description: "What it requires unless told" }),
    ),
    scope: Type.Optional(ScopeDto),
    message: Type.Optional(Text),
  },
  strict,
);
export type PluginRequestBody = Static<typeof PluginRequestBody>;

/** What is other than asked for; `dependencies` grants what those that come along require. */
export const ApprovalBody = Type.Object(
  {
    grants: InstallBody.properties.grants,
    scope: InstallBody.properties.scope,
    dependencies: InstallBody.properties.dependencies,
  },
  strict,
);
export type ApprovalBody = Static<typeof ApprovalBody>;
export const RefusalBody = Type.Object({ reason: Text }, strict);
export type RefusalBody = Static<typeof RefusalBody>;

/** Somebody's wish to have a plugin. */
export const PluginRequestDto = Type.Object({
  id: Type.String(),
  plugin: Type.String(),
  version: Type.String(),
  grants: Type.Array(GrantDto),
  scope: ScopeDto,
  message: Type.Optional(Type.String()),
  askedBy: Type.Object({ id: Type.String(), name: Type.String() }),
  state: RequestStateDto,
  decidedBy: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String({ description: "Why it was refused" })),
  createdAt: Type.String({ description: "RFC 3339" }),
  decidedAt: Type.Optional(Type.String({ description: "RFC 3339" })),
});
export type PluginRequestDto = Static<typeof PluginRequestDto>;

export const PluginRequestsDto = Type.Object({
  items: Type.Array(PluginRequestDto),
  cursor: Type.Optional(Type.String()),
  open: Type.Integer({ description: "How many wait for a decision, of those that the caller sees" }),
});
export type PluginRequestsDto = Static<typeof PluginRequestsDto>;
