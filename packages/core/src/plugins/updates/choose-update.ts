import { compareVersions, isNewerVersion, isPrerelease, isSameMinor, type OsvDto } from "@patchbay/protocol";
import { type AutoUpdateRules, isOpen, isWithinPin, strategyFor } from "../../model/auto-update-rules.ts";
import { matchesPlugin } from "../../model/plugin-patterns.ts";
import type { FailedUpdate } from "../../ports/auto-update-store.ts";
import { affects } from "../advisories/osv.ts";

const HOUR_MS = 3_600_000;

/** A version that an installation could go over to. */
export interface Candidate {
  readonly version: string;
  /** When it came out, or came in here where that is not known. */
  readonly publishedAt: Date;
  readonly isYanked: boolean;
  /** Why it must not run. */
  readonly blocked: string | null;
  readonly hindrance: Hindrance | null;
}

/** Why an update does not happen now; `permissions` and `policy` need somebody. */
export type Wait = "window" | "age" | "permissions" | "policy" | "failed";

/** What somebody would have to do first. */
export interface Hindrance {
  readonly waitsFor: "permissions" | "policy";
  readonly message: string;
}

export interface UpdateChoice {
  readonly version: string;
  readonly reason: "security" | "patch" | "all";
  /** Advisories on the installed version that it mends, by id. */
  readonly mends: readonly string[];
  /** null: it can be made now. */
  readonly waitsFor: Wait | null;
  /** When a version that waits for its age is old enough. */
  readonly from: Date | null;
  /** What to say to people about what it waits for. */
  readonly message: string | null;
}

export interface ChoiceParts {
  readonly pluginId: string;
  readonly installed: string;
  /** Somebody went back from this version; null when nobody did. */
  readonly takenBack: string | null;
  readonly candidates: readonly Candidate[];
  readonly advisories: readonly OsvDto[];
  readonly rules: AutoUpdateRules;
  readonly failure: FailedUpdate | null;
  readonly now: Date;
}

/**
 * The version that an installation should go over to by itself, and whether it can now; null when there is none. A version that
 * failed is passed over, and so is everything below it: it is tried again with a newer one.
 */
export const chooseUpdate = (parts: ChoiceParts): UpdateChoice | null => {
  const { pluginId, installed, rules, advisories } = parts;
  const strategy = strategyFor(rules, pluginId);
  const touching = advisories.filter((one) => affects(one, pluginId, installed));
  const fit = fitCandidates(parts);
  if (strategy === "off" || fit.length === 0) return null;
  const fixes = touching.length === 0 ? [] : fit.filter((one) => mendsAll(touching, pluginId, one.version));
  const wide = strategy === "all" ? fit : strategy === "patch" ? fit.filter(isPatchOf(installed)) : [];
  const usual = newestReady(parts, wide, false);
  // A version of the usual kind that mends it as well spares a second update.
  const mending = usual !== null && fixes.some(({ version }) => version === usual.version) ? usual : null;
  const [lowestFix] = newestLast(fixes);
  const security =
    lowestFix === undefined ? null : (mending ?? judge(parts, lowestFix, rules.securityAtOnce));
  if (security !== null) return { ...security, reason: "security", mends: touching.map(({ id }) => id) };
  return usual === null ? null : { ...usual, reason: strategy === "patch" ? "patch" : "all", mends: [] };
};

type Judged = Pick<UpdateChoice, "version" | "waitsFor" | "from" | "message">;

/** What passes by itself comes before what needs somebody, and that before what has failed. */
const PREFERRED: readonly (Wait | null)[] = [null, "window", "age", "permissions", "policy", "failed"];

/** The newest one that can be had now, or else the one that can be had first. */
const newestReady = (
  parts: ChoiceParts,
  candidates: readonly Candidate[],
  atOnce: boolean,
): Judged | null => {
  const judged = newestLast(candidates)
    .reverse()
    .map((one) => judge(parts, one, atOnce));
  const rankOf = ({ waitsFor }: Judged) => PREFERRED.indexOf(waitsFor);
  return judged.toSorted((one, other) => rankOf(one) - rankOf(other))[0] ?? null;
};

const judge = (parts: ChoiceParts, candidate: Candidate, atOnce: boolean): Judged => {
  const { pluginId, rules, failure, now } = parts;
  const { version, publishedAt, hindrance } = candidate;
  const at = { version, from: null, message: null };
  if (failure !== null && !isNewerVersion(version, failure.version))
    return { ...at, waitsFor: "failed", message: failure.message };
  if (hindrance !== null) return { ...at, ...hindrance };
  if (atOnce) return { ...at, waitsFor: null };
  const oldEnough = new Date(publishedAt.getTime() + rules.minimumAgeHours * HOUR_MS);
  if (oldEnough > now && !matchesPlugin(rules.ageExceptions, pluginId))
    return { ...at, waitsFor: "age", from: oldEnough };
  const isClosed = rules.window !== null && !isOpen(rules.window, now);
  return { ...at, waitsFor: isClosed ? "window" : null };
};

/** Newer, also than what somebody went back from, not withdrawn, not blocked, within the pin. Pre-releases only for those who have one. */
const fitCandidates = ({ installed, takenBack, candidates, rules, pluginId }: ChoiceParts): Candidate[] => {
  const { pin } = rules.plugins[pluginId] ?? {};
  const takesPrereleases = isPrerelease(installed);
  return candidates.filter(
    ({ version, isYanked, blocked }) =>
      !isYanked &&
      blocked === null &&
      isNewerVersion(version, installed) &&
      (takenBack === null || isNewerVersion(version, takenBack)) &&
      (takesPrereleases || !isPrerelease(version)) &&
      isWithinPin(pin, version),
  );
};

const mendsAll = (touching: readonly OsvDto[], pluginId: string, version: string): boolean =>
  touching.every((advisory) => !affects(advisory, pluginId, version));

const isPatchOf =
  (installed: string) =>
  ({ version }: Candidate): boolean =>
    isSameMinor(version, installed);

const newestLast = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.toSorted((one, other) => compareVersions(one.version, other.version));
