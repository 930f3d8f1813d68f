import type {
  ApiKey,
  AuditEvent,
  ContributionInForce,
  EffectiveSettings,
  InstallationView,
  InstanceReport,
  Organization,
  PackageVersion,
  Project,
  ResolutionView,
  StoredLogLine,
  Trust,
} from "@patchbay/core";
import {
  type ApiKeyDto,
  atPointer,
  type CatalogEntryDto,
  entriesOf,
  escapePointer,
  type HistoryEventDto,
  type InstallationDto,
  type InstalledDto,
  isJsonObject,
  type LogLineDto,
  type Manifest,
  mayHoldFiles,
  type OrganizationDto,
  type ProjectDto,
  type ResolutionDto,
  requestsOf,
  type SettingsDto,
  type SettingsSchema,
  secretPaths,
  type ThemeDto,
  type ToolDto,
  tokensOf,
  type VersionDto,
  type ViewDto,
} from "@patchbay/protocol";

/** Domain objects as the API shows them. */

export const toOrganizationDto = ({ slug, name, createdAt }: Organization): OrganizationDto => ({
  slug,
  name,
  createdAt: createdAt.toISOString(),
});

export const toProjectDto = ({ slug, name, createdAt }: Project): ProjectDto => ({
  slug,
  name,
  createdAt: createdAt.toISOString(),
});

export const toApiKeyDto = ({
  id,
  name,
  prefix,
  rights,
  createdAt,
  expiresAt,
  lastUsedAt,
}: ApiKey): ApiKeyDto => ({
  id,
  name,
  prefix,
  rights: [...rights],
  createdAt: createdAt.toISOString(),
  ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
});

/** JSON without the promise not to be changed, which schemas cannot express. */
const plain = <T>(value: unknown): T => value as T;

/** Where the picture of a version is. Names its content too, so that it can be kept for ever. */
const iconAddress = (org: string, plugin: string, version: string, digest: string | undefined | null) =>
  digest === undefined || digest === null
    ? {}
    : {
        icon: `/api/orgs/${org}/catalog/${plugin}/versions/${encodeURIComponent(version)}/icon?digest=${digest}`,
      };

export const toVersionDto = (version: PackageVersion, trust: Trust, org: string): VersionDto => ({
  plugin: version.pluginId,
  version: version.version,
  digest: version.digest,
  sizeBytes: version.sizeBytes,
  source: version.source,
  badge: version.badge,
  createdAt: version.createdAt.toISOString(),
  permissions: plain(requestsOf(version.manifest)),
  ...iconAddress(org, version.pluginId, version.version, version.icon?.digest),
  hasReadme: version.readmeDigest !== null,
  hasChangelog: version.changelogDigest !== null,
  trust,
  manifest: version.manifest,
});

export const toCatalogEntryDto = (
  { pluginId, version, manifest, source, badge, icon }: PackageVersion,
  org: string,
  installed: string | undefined,
): CatalogEntryDto => ({
  plugin: pluginId,
  name: manifest.name,
  description: manifest.description,
  author: manifest.author,
  category: manifest.category,
  keywords: manifest.keywords ?? [],
  ...iconAddress(org, pluginId, version, icon?.digest),
  source,
  badge,
  latest: version,
  installed: installed ?? null,
});

export const toInstallationDto = (
  { installation, manifest, iconDigest, update, health, trust, settingsFaults }: InstallationView,
  org: string,
): InstallationDto => ({
  plugin: installation.pluginId,
  name: manifest.name,
  description: manifest.description,
  author: manifest.author,
  category: manifest.category,
  keywords: manifest.keywords ?? [],
  ...iconAddress(org, installation.pluginId, installation.version, iconDigest),
  hasSettings: hasProperties(manifest.settings),
  hasSchedules: entriesOf(manifest, "schedules").length > 0,
  hasUi: manifest.ui !== undefined,
  version: installation.version,
  ...(installation.previous && { previousVersion: installation.previous.version }),
  state: installation.state,
  source: installation.source,
  badge: installation.badge,
  scope: plain(installation.scope),
  grants: plain(installation.grants),
  ...(installation.lastError && { lastError: installation.lastError }),
  ...(update && { update: { version: update.version, missing: plain(update.missing) } }),
  health,
  dependencies: Object.keys(manifest.dependencies ?? {}),
  missingSettings: settingsFaults.map(({ pointer, message }) => ({
    pointer,
    message,
    title: titleAt(manifest.settings, pointer),
  })),
  trust,
  createdAt: installation.createdAt.toISOString(),
  updatedAt: installation.updatedAt.toISOString(),
});

export const toInstalledDto = (
  view: InstallationView,
  along: readonly InstallationView[],
  org: string,
): InstalledDto => ({
  ...toInstallationDto(view, org),
  along: along.map((one) => toInstallationDto(one, org)),
});

export const toResolutionDto = (
  { wanted, along, present, demands }: ResolutionView,
  org: string,
): ResolutionDto => {
  const wantedBy = (plugin: string) =>
    demands.flatMap(({ by, range, ...one }) =>
      by !== null && one.plugin === plugin ? [{ ...by, range }] : [],
    );
  return {
    plugin: wanted.pluginId,
    version: wanted.version,
    along: along.map((one) => ({
      plugin: one.pluginId,
      name: one.manifest.name,
      description: one.manifest.description,
      version: one.version,
      ...iconAddress(org, one.pluginId, one.version, "icon" in one ? one.icon?.digest : null),
      source: one.source,
      badge: one.badge,
      permissions: plain(requestsOf(one.manifest)),
      wantedBy: wantedBy(one.pluginId),
    })),
    present: present.map(({ pluginId, version, state }) => ({
      plugin: pluginId,
      version,
      state,
      wantedBy: wantedBy(pluginId),
    })),
  };
};

/** What a setting is called: its title, else its name. */
const titleAt = (schema: unknown, pointer: string): string => {
  const names = tokensOf(pointer);
  const node = atPointer(schema, names.map((name) => `/properties/${escapePointer(name)}`).join(""));
  const title = isJsonObject(node) ? node.title : undefined;
  return typeof title === "string" ? title : (names.at(-1) ?? "");
};

const hasProperties = (schema: Manifest["settings"]): boolean =>
  Object.keys((schema as SettingsSchema | undefined)?.properties ?? {}).length > 0;

export const toGrantsDto = ({ installation, manifest }: InstallationView) => ({
  grants: plain<InstallationDto["grants"]>(installation.grants),
  ...requestsOf(manifest),
});

/** Effective values; of secrets only whether they are set and where. */
export const toSettingsDto = (
  settings: EffectiveSettings,
  schema: SettingsSchema | undefined,
): SettingsDto => {
  const secrets: SettingsDto["secrets"] = {};
  for (const path of secretPaths(schema)) {
    const pointer = path.map((name) => `/${escapePointer(name)}`).join("");
    const secret = settings.secrets.find((one) => one.pointer === pointer);
    secrets[pointer] = secret === undefined ? { set: false } : { set: true, origin: secret.origin };
  }
  const faults = settings.faults.map(({ value, ...fault }) => ({
    ...fault,
    ...(value !== undefined && { value }),
  }));
  return {
    values: { ...settings.values },
    origins: { ...settings.origins },
    secrets,
    ...(faults.length > 0 && { faults }),
  };
};

export const toToolDto = (
  { installation, entry }: ContributionInForce<"tools">,
  maxFileBytes: number,
): ToolDto => ({
  plugin: installation.pluginId,
  tool: entry.name,
  ...(entry.title !== undefined && { title: entry.title }),
  description: entry.description,
  ...(entry.input !== undefined && { input: entry.input }),
  ...(entry.output !== undefined && { output: entry.output }),
  scope: plain(installation.scope),
  ...((mayHoldFiles(entry.input) || mayHoldFiles(entry.output)) && { maxFileBytes }),
});

export const toViewDto = ({
  installation: { pluginId },
  package: { manifest, version, uiDigest },
  entry,
}: ContributionInForce<"views">): ViewDto[] =>
  uiDigest === null
    ? []
    : [{ plugin: pluginId, pluginName: manifest.name, version, uiDigest, ...entry, manifest }];

export const toThemeDto = ({
  installation,
  package: { manifest },
  entry: { tokens, ...theme },
}: ContributionInForce<"themes">): ThemeDto => ({
  plugin: installation.pluginId,
  pluginName: manifest.name,
  ...theme,
  tokens: { ...(tokens as Record<string, string>) },
});

export const toLogLineDto = ({ id, at, level, message, fields, version }: StoredLogLine): LogLineDto => ({
  id,
  at: at.toISOString(),
  level,
  message,
  ...(fields && { fields: { ...fields } }),
  version,
});

export const toHistoryEventDto = ({
  id,
  at,
  actor,
  action,
  pluginId,
  detail,
}: AuditEvent): HistoryEventDto => ({
  id,
  at: at.toISOString(),
  actor: { kind: actor.kind, ...(actor.id !== null && { id: actor.id }), name: actor.name },
  action,
  ...(pluginId !== null && { plugin: pluginId }),
  detail: { ...detail },
});

export const toInstanceDto = ({
  installationId: _id,
  organizationId: _org,
  pluginId: _plugin,
  ...report
}: InstanceReport) => report;
