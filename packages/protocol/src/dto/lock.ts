import Type, { type Static } from "typebox";
import { GrantSchema, PluginId, Semver } from "../manifest.ts";
import { PACKAGE_SOURCES } from "../package-sources.ts";
import { ScopeDto } from "./plugins.ts";

const strict = { additionalProperties: false } as const;
const MAX_PLUGINS = 2_000;
const Values = Type.Record(Type.String(), Type.Unknown(), {
  description: 'Settings by name. A secret is {"$secret": "NAME"}: the file never holds it',
});

/** One plugin as a lock file wants it. */
export const LockedPluginDto = Type.Object(
  {
    version: Semver,
    digest: Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of the package, hex" }),
    source: Type.Enum([...PACKAGE_SOURCES]),
    enabled: Type.Boolean(),
    grants: Type.Array(GrantSchema, { maxItems: 50 }),
    scope: ScopeDto,
    settings: Type.Optional(Values),
    projects: Type.Optional(
      Type.Record(Type.String({ maxLength: 63 }), Values, {
        description: "What projects set instead, by their slugs",
      }),
    ),
  },
  strict,
);
export type LockedPluginDto = Static<typeof LockedPluginDto>;

/** Which plugins an organization has, in which versions, and how they are set up: one file that people review and keep. */
export const LockFileDto = Type.Object(
  {
    lockfileVersion: Type.Literal(1),
    plugins: Type.Record(PluginId, LockedPluginDto, { maxProperties: MAX_PLUGINS }),
  },
  strict,
);
export type LockFileDto = Static<typeof LockFileDto>;

export const LockBody = Type.Object(
  {
    lock: LockFileDto,
    secrets: Type.Optional(
      Type.Record(Type.String({ maxLength: 500 }), Type.String({ minLength: 1, maxLength: 64 * 1024 }), {
        description:
          "Values of secrets by the names that the file gives them; those that are set already may be left out",
      }),
    ),
    prune: Type.Optional(
      Type.Boolean({ description: "Uninstall what the file does not name, with its settings and data" }),
    ),
  },
  strict,
);
export type LockBody = Static<typeof LockBody>;

export const LOCK_ACTIONS = [
  "install",
  "update",
  "grants",
  "scope",
  "settings",
  "enable",
  "disable",
  "uninstall",
] as const;

export const LockChangeDto = Type.Object({
  plugin: Type.String(),
  action: Type.Enum([...LOCK_ACTIONS]),
  from: Type.Optional(Type.Unknown({ description: "What it is now: a version, grants, a scope" })),
  to: Type.Optional(
    Type.Unknown({ description: "What it will be; of settings the names of those that change" }),
  ),
  blocked: Type.Optional(
    Type.Object(
      {
        code: Type.String(),
        message: Type.String(),
        rule: Type.Optional(Type.String({ description: "Of the organization's policy" })),
        changedBy: Type.Optional(Type.Array(Type.String())),
      },
      { description: "Why this cannot be done; nothing is changed while there is one of these" },
    ),
  ),
});
export type LockChangeDto = Static<typeof LockChangeDto>;

export const LockPlanDto = Type.Object({
  changes: Type.Array(LockChangeDto, {
    description: "In the order in which they are made; none when all is so already",
  }),
  unnamed: Type.Array(Type.String(), { description: "Installed plugins that the file does not name" }),
});
export type LockPlanDto = Static<typeof LockPlanDto>;
