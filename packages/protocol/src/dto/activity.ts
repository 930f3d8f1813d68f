import Type, { type Static } from "typebox";

/** What can be other than before, as people hear of it. `everything`: look at all of it again. */
export const ACTIVITY_KINDS = [
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
  "schedules",
  "models",
  "budgets",
  "toolsets",
  "endpoints",
  "everything",
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What an event `change` carries: what is not as before. Whoever shows it reads it again. */
export const ActivityDto = Type.Object({
  kind: Type.Enum([...ACTIVITY_KINDS]),
  plugin: Type.Optional(
    Type.String({ description: "Absent when it may be any, also one that has just gone" }),
  ),
  project: Type.Optional(Type.String({ description: "Slug" })),
});
export type ActivityDto = Static<typeof ActivityDto>;
