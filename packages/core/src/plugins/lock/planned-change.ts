import { type LOCK_ACTIONS, PatchbayError } from "@patchbay/protocol";
import type { JsonObject } from "../settings/json-merge.ts";

/** What one level of settings takes over. */
export interface SettingsPatch {
  readonly project: string | null;
  readonly patch: JsonObject;
}

export interface PlannedChange {
  readonly plugin: string;
  readonly action: (typeof LOCK_ACTIONS)[number];
  readonly from?: unknown;
  readonly to?: unknown;
  /** Of `settings` only. */
  readonly patches?: readonly SettingsPatch[];
  /** Why it cannot be done. */
  readonly blocked?: PatchbayError;
}

/** As the API shows a change. */
export const describeChange = ({ plugin, action, from, to, blocked: stop }: PlannedChange) => ({
  plugin,
  action,
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
  ...(stop !== undefined && {
    blocked: {
      code: stop.code,
      message: stop.message,
      ...(typeof stop.facts.rule === "string" && { rule: stop.facts.rule }),
      ...(Array.isArray(stop.facts.changedBy) && { changedBy: stop.facts.changedBy as string[] }),
    },
  }),
});

/** What a check has against something, in the form in which plans keep it. */
export const blockedBy = (check: () => void): { readonly blocked?: PatchbayError } => {
  try {
    check();
    return {};
  } catch (error) {
    if (error instanceof PatchbayError) return { blocked: error };
    throw error;
  }
};
