import type { GrantDto, PluginRequestDto, ResolutionDto, ScopeDto, VersionDto } from "@patchbay/protocol";
import { grantOf } from "../../../components/permissions/permission-risk.ts";
import { isSame } from "../../../components/shared-draft/merge-values.ts";

export const STEPS = ["about", "permissions", "scope", "settings"] as const;
export type Step = (typeof STEPS)[number];

/** What has been decided so far. */
export interface InstallDraft {
  /** Names of the optional permissions that are granted. */
  readonly optional: ReadonlySet<string>;
  readonly projects: ScopeDto["projects"];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly isEnabling: boolean;
}

/** What a dialog begins with: what was asked for, where somebody has asked. */
export const startDraft = (
  settings: InstallDraft["settings"],
  ownProjects: readonly string[] | null,
  request?: Pick<PluginRequestDto, "grants" | "scope">,
): InstallDraft => ({
  optional: new Set(request?.grants.map(({ name }) => name)),
  projects: request?.scope.projects ?? (ownProjects === null ? "all" : []),
  settings,
  isEnabling: true,
});

/** All required permissions, and those optional ones that were switched on; what somebody has asked for as far as they asked for it. */
export const grantsOf = (
  { permissions }: Pick<VersionDto, "permissions">,
  { optional }: Pick<InstallDraft, "optional">,
  asked: readonly GrantDto[] = [],
): GrantDto[] =>
  [...permissions.required, ...permissions.optional.filter(({ name }) => optional.has(name))].map(
    (one) => asked.find(({ name }) => name === one.name) ?? grantOf(one),
  );

/** What was decided other than it was asked for. */
export const approvalOf = (
  target: Pick<VersionDto, "permissions">,
  { optional, projects }: Pick<InstallDraft, "optional" | "projects">,
  { grants: asked, scope }: Pick<PluginRequestDto, "grants" | "scope">,
): Partial<Pick<PluginRequestDto, "grants" | "scope">> => {
  const grants = grantsOf(target, { optional }, asked);
  const isAsAsked = grants.length === asked.length && grants.every((one) => asked.includes(one));
  return {
    ...(!isAsAsked && { grants }),
    ...(!isSame(projects, scope.projects) && { scope: { projects } }),
  };
};

/** What those that come along require. */
export const dependenciesOf = (along: ResolutionDto["along"]) =>
  Object.fromEntries(
    along.map(({ plugin, permissions }) => [plugin, { grants: permissions.required.map(grantOf) }]),
  );

/** Whether enough has been said: where it applies is nowhere until a project is chosen. */
export const isComplete = ({ projects }: InstallDraft): boolean => projects === "all" || projects.length > 0;
