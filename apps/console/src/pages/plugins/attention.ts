import type { AdvisoriesDto, InstallationDto } from "@patchbay/protocol";
import { baseScore, type Severity, severityOf } from "../../components/cvss.ts";
import { appliesIn } from "./filter-plugins.ts";
import { isOn } from "./running.ts";

/** A weakness of an installed version. */
export interface KnownWeakness {
  readonly id: string;
  readonly summary: string;
  /** null where its scale is not known. */
  readonly severity: Severity | null;
  /** Versions that mend it, lowest first. */
  readonly fixes: readonly string[];
}

/** Why a plugin needs somebody. */
export type Reason =
  | { readonly kind: "failed" | "blocked" | "last_change" | "degraded" | "update_waits" }
  | { readonly kind: "needs_settings"; readonly settings: readonly string[] }
  | { readonly kind: "advisory"; readonly weakness: KnownWeakness }
  | {
      readonly kind: "dependency";
      /** What it needs: its name, or its id where it is not installed; `state` null there. */
      readonly needed: string;
      readonly state: InstallationDto["state"] | null;
    };

export interface Attention {
  readonly plugin: InstallationDto;
  readonly reason: Reason;
}

/** The worst comes first. */
const ORDER = [
  "failed",
  "blocked",
  "advisory",
  "dependency",
  "needs_settings",
  "last_change",
  "degraded",
  "update_waits",
];
const SEVERITIES: readonly (Severity | null)[] = ["critical", "high", "medium", null, "low", "none"];

const rankOf = ({ reason }: Attention): number =>
  ORDER.indexOf(reason.kind) +
  (reason.kind === "advisory" ? SEVERITIES.indexOf(reason.weakness.severity) / 10 : 0);

/** All that needs somebody, the worst first; in one project where one is chosen. Dependencies are looked for among all plugins. */
export const attentionOf = (
  plugins: readonly InstallationDto[],
  advisories: AdvisoriesDto["advisories"],
  project?: string,
): Attention[] =>
  plugins
    .filter((plugin) => project === undefined || appliesIn(plugin, project))
    .flatMap((plugin) => reasonsOf(plugin, plugins, advisories).map((reason) => ({ plugin, reason })))
    .sort((a, b) => rankOf(a) - rankOf(b));

const reasonsOf = (
  plugin: InstallationDto,
  plugins: readonly InstallationDto[],
  advisories: AdvisoriesDto["advisories"],
): Reason[] => [
  ...stateReasons(plugin),
  ...weaknessesOf(plugin, advisories).map((weakness) => ({ kind: "advisory" as const, weakness })),
  ...dependencyReasons(plugin, plugins),
];

const stateReasons = ({ state, health, lastError, missingSettings, update }: InstallationDto): Reason[] => {
  if (state === "blocked") return [{ kind: "blocked" }];
  // Whoever has to enter something first need not look into what came of its absence.
  if (missingSettings.length > 0)
    return [{ kind: "needs_settings", settings: missingSettings.map(({ title }) => title) }];
  if (state === "error") return [{ kind: "failed" }];
  return [
    ...(lastError === undefined ? [] : [{ kind: "last_change" as const }]),
    ...(health.state === "degraded" ? [{ kind: "degraded" as const }] : []),
    ...(update !== undefined && update.missing.length > 0 ? [{ kind: "update_waits" as const }] : []),
  ];
};

/** What it needs and does not run, while it is itself meant to run. */
const dependencyReasons = (plugin: InstallationDto, plugins: readonly InstallationDto[]): Reason[] =>
  !isOn(plugin)
    ? []
    : plugin.dependencies.flatMap((id) => {
        const needed = plugins.find((one) => one.plugin === id);
        if (needed !== undefined && isOn(needed) && needed.state !== "error") return [];
        return [{ kind: "dependency" as const, needed: needed?.name ?? id, state: needed?.state ?? null }];
      });

/** What marketplaces warn of in the installed version. */
export const weaknessesOf = (
  { plugin, version }: Pick<InstallationDto, "plugin" | "version">,
  advisories: AdvisoriesDto["advisories"],
): KnownWeakness[] =>
  advisories.flatMap(({ advisory: { id, summary = id, severity = [] }, touches }) => {
    const touched = touches.find((one) => one.plugin === plugin && one.version === version);
    if (touched === undefined) return [];
    const scores = severity.map(({ score }) => baseScore(score)).filter((score) => score !== null);
    const worst = scores.length === 0 ? null : severityOf(Math.max(...scores));
    return [{ id, summary, severity: worst, fixes: touched.fixes }];
  });
