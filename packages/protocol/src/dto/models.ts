import Type, { type Static } from "typebox";
import { LOCAL_SERVERS } from "../models/local-servers.ts";
import { PermissionRequestDto } from "./plugins.ts";

/** What one of a plugin's model providers said when its connection was tested. */
export const ProviderTestDto = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  status: Type.Union([Type.Literal("answers"), Type.Literal("not_set_up"), Type.Literal("fails")], {
    description: "`not_set_up`: its settings do not say all that it needs",
  }),
  models: Type.Optional(Type.Integer({ minimum: 0, description: "How many it has" })),
  message: Type.Optional(Type.String({ description: "Why it does not answer, in a sentence" })),
});
export type ProviderTestDto = Static<typeof ProviderTestDto>;

const LocalServerNameDto = Type.Enum([...LOCAL_SERVERS]);

/** A model server that answered on the machine that Patchbay runs on. */
export const LocalServerDto = Type.Object({
  server: LocalServerNameDto,
  title: Type.String(),
  version: Type.Optional(Type.String()),
  url: Type.String({ description: "Where it answers, as the plugin's settings will say" }),
  models: Type.Array(Type.String(), { description: "Names of the first ones" }),
  modelCount: Type.Integer({ minimum: 0 }),
  inUse: Type.Boolean({ description: "The plugin's settings name it, and it may be reached" }),
  replaces: Type.Optional(Type.String({ description: "The address that the settings name now instead" })),
});
export type LocalServerDto = Static<typeof LocalServerDto>;

/** What was found, and what using any of it brings along. */
export const LocalServersDto = Type.Object({
  isOn: Type.Boolean({ description: "Whether the operator lets them be looked for" }),
  lookedAt: Type.Optional(Type.String({ format: "date-time" })),
  plugin: Type.String({ description: "The plugin that asks them" }),
  enables: Type.Boolean({ description: "Using one enables the plugin" }),
  grants: Type.Array(PermissionRequestDto, { description: "What using one grants the plugin besides" }),
  items: Type.Array(LocalServerDto),
});
export type LocalServersDto = Static<typeof LocalServersDto>;

export const UseLocalServerBody = Type.Object(
  {
    url: Type.String({ maxLength: 100, description: "The address that was shown, and nothing else" }),
    grants: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 50,
        description: "Names of the permissions that were shown",
      }),
    ),
  },
  { additionalProperties: false },
);
export type UseLocalServerBody = Static<typeof UseLocalServerBody>;

/** A model server of this machine that is set up and answers. */
export const UsedLocalServerDto = Type.Object({
  server: LocalServerNameDto,
  url: Type.String(),
  modelCount: Type.Integer({ minimum: 0 }),
  models: Type.Array(Type.String(), { description: "As requests name them" }),
});
export type UsedLocalServerDto = Static<typeof UsedLocalServerDto>;
