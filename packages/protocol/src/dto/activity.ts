import Type, { type Static } from "typebox";

/** What an event `change` carries: what is not as before. Whoever shows it reads it again. */
export const ActivityDto = Type.Object({
  kind: Type.Enum([
    "installation",
    "settings",
    "grants",
    "scope",
    "catalog",
    "members",
    "projects",
    "keys",
    "notifications",
    "requests",
    "everything",
  ]),
  plugin: Type.Optional(
    Type.String({ description: "Absent when it may be any, also one that has just gone" }),
  ),
  project: Type.Optional(Type.String({ description: "Slug" })),
});
export type ActivityDto = Static<typeof ActivityDto>;
