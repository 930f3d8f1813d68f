import Type, { type Static } from "typebox";
import { MAX_SECRET_HOST_CHARACTERS } from "../hosts.ts";
import { LOG_LEVELS } from "../levels.ts";
import { MAX_PLUGINS_ALONG } from "../limits.ts";
import { GrantSchema, type ManifestSchema, PermissionNameSchema, PluginId, Semver } from "../manifest.ts";
import { BADGES, PACKAGE_SOURCES } from "../package-sources.ts";
import { SECRET_HOSTS, VIEW_USES } from "../permissions.ts";
import { INSTALLATION_STATES, TRUST_STATES } from "../states.ts";

const strict = { additionalProperties: false } as const;
const Time = Type.String({ description: "RFC 3339" });
const Source = Type.Enum([...PACKAGE_SOURCES]);
const Badge = Type.Enum([...BADGES]);
const State = Type.Enum([...INSTALLATION_STATES]);
const Author = Type.Object({
  name: Type.String(),
  url: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
});
const Icon = Type.Optional(Type.String({ description: "Address of the picture; absent when there is none" }));
const Open = Type.Record(Type.String(), Type.Unknown());

export const GrantDto = Type.Object({
  name: PermissionNameSchema,
  hosts: Type.Optional(Type.Array(Type.String())),
  methods: Type.Optional(Type.Array(Type.String())),
  ids: Type.Optional(Type.Array(Type.String())),
  streams: Type.Optional(Type.Array(Type.String())),
  callsPerMinute: Type.Optional(Type.Integer()),
  views: Type.Optional(Type.Enum([...VIEW_USES])),
});
export type GrantDto = Static<typeof GrantDto>;
/** A permission as a manifest asks for it. */
export const PermissionRequestDto = Type.Object({
  ...GrantDto.properties,
  reason: Type.Optional(Type.String()),
});
export type PermissionRequestDto = Static<typeof PermissionRequestDto>;

/** Hosts that a new version names for a secret which was given for others. */
export const SecretHostsDto = Type.Object(
  {
    name: Type.Literal(SECRET_HOSTS),
    setting: Type.String({ maxLength: 1_000, description: "JSON pointer of the secret" }),
    hosts: Type.Array(Type.String({ maxLength: MAX_SECRET_HOST_CHARACTERS }), { maxItems: 100 }),
  },
  strict,
);
export type SecretHostsDto = Static<typeof SecretHostsDto>;
/** What has to be granted with an update: a permission, or hosts of a secret. */
export const MissingDto = Type.Union([PermissionRequestDto, SecretHostsDto]);
export type MissingDto = Static<typeof MissingDto>;

export const ScopeDto = Type.Object(
  {
    projects: Type.Union([
      Type.Literal("all"),
      Type.Array(Type.String({ maxLength: 63 }), { minItems: 1, maxItems: 1_000 }),
    ]),
  },
  strict,
);
export type ScopeDto = Static<typeof ScopeDto>;
export const GrantsBody = Type.Object({ grants: Type.Array(GrantSchema, { maxItems: 50 }) }, strict);
export type GrantsBody = Static<typeof GrantsBody>;
export const GrantsDto = Type.Object({
  grants: Type.Array(GrantDto),
  required: Type.Array(PermissionRequestDto),
  optional: Type.Array(PermissionRequestDto),
});
export type GrantsDto = Static<typeof GrantsDto>;

export const CatalogEntryDto = Type.Object({
  plugin: Type.String(),
  name: Type.String(),
  description: Type.String(),
  author: Author,
  category: Type.String(),
  keywords: Type.Array(Type.String()),
  icon: Icon,
  source: Source,
  badge: Badge,
  latest: Type.String(),
  installed: Type.Union([Type.String(), Type.Null()], { description: "The installed version, or null" }),
});
export type CatalogEntryDto = Static<typeof CatalogEntryDto>;

/** What can be said about the origin of a package. */
export const TrustDto = Type.Object({
  state: Type.Enum([...TRUST_STATES], {
    description:
      "By a key of the publisher that is known here and in force; by none; not what was signed or admitted; by a key that was revoked",
  }),
  publisher: Type.Optional(Type.String()),
  keyId: Type.Optional(Type.String({ description: "SHA-256 of the key's SPKI DER form, hex" })),
  signedAt: Type.Optional(Time),
  reason: Type.Optional(Type.String({ description: "A sentence, where the state needs one" })),
  provenance: Type.Optional(
    Type.Object(
      {
        source: Type.String({ description: "Repository" }),
        builder: Type.String(),
        verifiedAt: Time,
      },
      { description: "Where it was built, as proven when it came in" },
    ),
  ),
});
export type TrustDto = Static<typeof TrustDto>;

export const VersionDto = Type.Object({
  plugin: Type.String(),
  version: Type.String(),
  digest: Type.String({ description: "SHA-256 of the package, hex" }),
  sizeBytes: Type.Integer(),
  source: Source,
  badge: Badge,
  createdAt: Time,
  permissions: Type.Object({
    required: Type.Array(PermissionRequestDto),
    optional: Type.Array(PermissionRequestDto),
  }),
  icon: Icon,
  hasReadme: Type.Boolean(),
  hasChangelog: Type.Boolean(),
  trust: TrustDto,
  manifest: Type.Unsafe<Static<typeof ManifestSchema>>(Open),
});
export type VersionDto = Static<typeof VersionDto>;

export const CatalogPluginDto = Type.Object({
  ...CatalogEntryDto.properties,
  versions: Type.Array(VersionDto),
});
export type CatalogPluginDto = Static<typeof CatalogPluginDto>;

export const InstallBody = Type.Object(
  {
    plugin: PluginId,
    version: Type.Optional(Semver),
    grants: Type.Optional(Type.Array(GrantSchema, { maxItems: 50 })),
    scope: Type.Optional(ScopeDto),
    settings: Type.Optional(Open),
    dependencies: Type.Optional(
      Type.Record(
        PluginId,
        Type.Object({ grants: Type.Optional(Type.Array(GrantSchema, { maxItems: 50 })) }, strict),
        {
          maxProperties: MAX_PLUGINS_ALONG,
          description: "What the plugins that come along may do, by their ids",
        },
      ),
    ),
  },
  strict,
);
export type InstallBody = Static<typeof InstallBody>;
export const UpdateBody = Type.Object(
  {
    version: Type.Optional(Semver),
    grants: Type.Optional(
      Type.Array(Type.Union([GrantSchema, Type.Literal(SECRET_HOSTS), SecretHostsDto]), {
        maxItems: 100,
        description: `Permissions, and hosts of secrets as \`missing\` has them; "${SECRET_HOSTS}" alone agrees to all of those`,
      }),
    ),
    settings: Type.Optional({
      ...Open,
      description:
        "Merged into the organization's values as PUT …/settings does, by the new version's schema, or not at all",
    }),
  },
  strict,
);
export type UpdateBody = Static<typeof UpdateBody>;

export const HealthDto = Type.Object({
  state: Type.Enum(["off", "starting", "healthy", "degraded", "failed"]),
  calls: Type.Integer({ description: "Of the last hour, on the node that answers" }),
  errors: Type.Integer(),
  since: Type.Optional(
    Type.String({
      description: "When the node that answers began to count, if that is less than an hour ago",
    }),
  ),
});
export type HealthDto = Static<typeof HealthDto>;

export const InstallationDto = Type.Object({
  plugin: Type.String(),
  name: Type.String(),
  description: Type.String(),
  author: Author,
  category: Type.String(),
  keywords: Type.Array(Type.String()),
  icon: Icon,
  hasSettings: Type.Boolean({ description: "Whether there is anything to set" }),
  hasSchedules: Type.Boolean({ description: "Whether it does something at times of its own" }),
  hasUi: Type.Boolean({ description: "Whether it adds something to the console" }),
  version: Type.String(),
  previousVersion: Type.Optional(Type.String()),
  state: State,
  source: Source,
  badge: Badge,
  scope: ScopeDto,
  grants: Type.Array(GrantDto),
  lastError: Type.Optional(
    Type.Object({ code: Type.String(), message: Type.String(), at: Time, see: Type.String() }),
  ),
  update: Type.Optional(Type.Object({ version: Type.String(), missing: Type.Array(MissingDto) })),
  health: HealthDto,
  dependencies: Type.Array(Type.String(), { description: "Ids of the plugins that it needs itself" }),
  missingSettings: Type.Array(
    Type.Object({ pointer: Type.String(), title: Type.String(), message: Type.String() }),
    { description: "Settings without which it cannot be enabled; pointers as in its settings" },
  ),
  trust: TrustDto,
  createdAt: Time,
  updatedAt: Time,
});
export type InstallationDto = Static<typeof InstallationDto>;

/** An installation that was made, with those that came along. */
export const InstalledDto = Type.Object({
  ...InstallationDto.properties,
  along: Type.Array(InstallationDto, {
    description: "What it needs and was not installed, each after what it needs itself",
  }),
});
export type InstalledDto = Static<typeof InstalledDto>;

const WantedBy = Type.Array(
  Type.Object({
    plugin: Type.String(),
    version: Type.String(),
    range: Type.String({ description: "Of the versions that are fit, such as ^2.0.0" }),
  }),
);
/** What an installation of a version needs beside it. */
export const ResolutionDto = Type.Object({
  plugin: Type.String(),
  version: Type.String(),
  along: Type.Array(
    Type.Object({
      plugin: Type.String(),
      name: Type.String(),
      description: Type.String(),
      version: Type.String(),
      icon: Icon,
      source: Source,
      badge: Badge,
      permissions: Type.Object({
        required: Type.Array(PermissionRequestDto),
        optional: Type.Array(PermissionRequestDto),
      }),
      wantedBy: WantedBy,
    }),
    { description: "What would be installed with it, each after what it needs itself" },
  ),
  present: Type.Array(
    Type.Object({ plugin: Type.String(), version: Type.String(), state: State, wantedBy: WantedBy }),
    { description: "What it needs and is installed already" },
  ),
});
export type ResolutionDto = Static<typeof ResolutionDto>;

export const SettingsDto = Type.Object({
  values: Open,
  origins: Type.Record(Type.String(), Type.Enum(["default", "organization", "project"])),
  secrets: Type.Record(
    Type.String(),
    Type.Object({
      set: Type.Boolean(),
      origin: Type.Optional(Type.Enum(["default", "organization", "project"])),
    }),
  ),
  faults: Type.Optional(
    Type.Array(
      Type.Object({
        pointer: Type.String(),
        message: Type.String(),
        origin: Type.Enum(["organization", "project"]),
        value: Type.Optional(Type.Unknown()),
      }),
      {
        description:
          "Stored values that this version does not accept, when there are any: they are kept, and do not apply",
      },
    ),
  ),
});
export type SettingsDto = Static<typeof SettingsDto>;

export const ToolDto = Type.Object({
  plugin: Type.String(),
  tool: Type.String(),
  title: Type.Optional(Type.String()),
  description: Type.String(),
  input: Type.Optional(Type.Unknown()),
  output: Type.Optional(Type.Unknown()),
  scope: ScopeDto,
  maxFileBytes: Type.Optional(
    Type.Integer({
      description:
        "What the files of a call, and those of its answer, may have together; of tools with files",
    }),
  ),
});
export type ToolDto = Static<typeof ToolDto>;
export const ToolCallBody = Type.Object(
  { input: Type.Optional(Type.Unknown()), project: Type.Optional(Type.String({ maxLength: 63 })) },
  strict,
);
export type ToolCallBody = Static<typeof ToolCallBody>;
export const ToolAnswerDto = Type.Object({ output: Type.Unknown() });
export type ToolAnswerDto = Static<typeof ToolAnswerDto>;

export const LogLineDto = Type.Object({
  id: Type.String(),
  at: Time,
  level: Type.Enum([...LOG_LEVELS]),
  message: Type.String(),
  fields: Type.Optional(Open),
  version: Type.String(),
});
export type LogLineDto = Static<typeof LogLineDto>;

export const HistoryEventDto = Type.Object({
  id: Type.String(),
  at: Time,
  actor: Type.Object({
    kind: Type.Enum(["user", "api_key", "system"]),
    id: Type.Optional(Type.String({ description: "By which the audit log can be filtered" })),
    name: Type.String(),
  }),
  action: Type.String(),
  plugin: Type.Optional(Type.String()),
  detail: Open,
});
export type HistoryEventDto = Static<typeof HistoryEventDto>;

/** What uninstalling would remove. */
export const InstallationDataDto = Type.Object({
  values: Type.Integer({ description: "Stored values" }),
  files: Type.Integer({ description: "Stored files" }),
  conversations: Type.Integer({ description: "Kept conversations" }),
  memories: Type.Integer({ description: "Memories of the plugin and of people" }),
  bytes: Type.Integer({ description: "Of values, files, conversations and memories" }),
  endpoints: Type.Integer({ description: "Addresses at which it answers requests from outside" }),
  settings: Type.Integer({ description: "Settings that the organization has set" }),
  overrides: Type.Integer({ description: "Settings that projects have set instead" }),
  secrets: Type.Integer(),
  grants: Type.Integer(),
  logLines: Type.Integer(),
  notifications: Type.Integer(),
  usedBy: Type.Array(Type.String(), { description: "Installed plugins that need this one" }),
});
export type InstallationDataDto = Static<typeof InstallationDataDto>;

const Usage = {
  calls: Type.Integer(),
  errors: Type.Integer(),
  p50Ms: Type.Number({ description: "Half of the calls took at most this long; 0 without calls" }),
  p95Ms: Type.Number(),
  cpuMs: Type.Number({ description: "Processor time of all instances" }),
  residentBytes: Type.Integer({ description: "The most memory that all instances held together" }),
};
export const MinuteMetricsDto = Type.Object({ at: Time, ...Usage });
export type MinuteMetricsDto = Static<typeof MinuteMetricsDto>;
/** Minutes in which the plugin was called or ran, oldest first, and the hour as a whole. */
export const MetricsDto = Type.Object({
  items: Type.Array(MinuteMetricsDto),
  total: Type.Object(Usage),
  since: Type.Optional(
    Type.String({
      description: "When the node that answers began to count, if that is less than an hour ago",
    }),
  ),
});
export type MetricsDto = Static<typeof MetricsDto>;

export const InstanceDto = Type.Object({
  pid: Type.Integer(),
  version: Type.String(),
  state: Type.Enum(["starting", "running", "draining"]),
  startedAt: Time,
  lastUsedAt: Time,
  callsInFlight: Type.Integer(),
  calls: Type.Integer(),
  residentBytes: Type.Integer(),
  cpuMs: Type.Number(),
});
export type InstanceDto = Static<typeof InstanceDto>;
