import type { Badge, CONVERSATION_AUDIENCES, Grant, PackageSource } from "@patchbay/protocol";
import { DEFAULT_RIGHTS, type RightsPolicy } from "./rights.ts";

/** What an organization has decided about its plugins. `all` is no limit. */
export interface OrganizationPolicy extends RightsPolicy {
  readonly sources: "all" | readonly PackageSource[];
  readonly badges: "all" | readonly Badge[];
  /** Ids, or `publisher.*` for all of a publisher. What is required is always allowed. */
  readonly allowed: "all" | readonly string[];
  /** Ids of plugins that may be neither disabled nor uninstalled. */
  readonly required: readonly string[];
  /** As `allowed`; stronger than that. */
  readonly forbidden: readonly string[];
  /** Whether packages without a signature by a known key of their publisher may be used. */
  readonly signatures: "optional" | "required";
  /** Who may read what plugins keep of conversations, besides those whose they are. */
  readonly conversations: (typeof CONVERSATION_AUDIENCES)[number];
  /** For how many days calls into plugins are kept in the log of calls; 0: none are. */
  readonly callDays: number;
  /** As `allowed`: of which plugins. */
  readonly calls: "all" | readonly string[];
  /** As `allowed`: of which of these plugins input and output are kept as well. */
  readonly callContent: "all" | readonly string[];
  /** The most that may be granted without an owner or administrator. */
  readonly maxGrants: "all" | readonly Grant[];
}

export type PolicyRule = keyof OrganizationPolicy;

/** Of organizations that have decided nothing. */
export const DEFAULT_POLICY: OrganizationPolicy = {
  ...DEFAULT_RIGHTS,
  sources: "all",
  badges: "all",
  allowed: "all",
  required: [],
  forbidden: [],
  signatures: "optional",
  conversations: "nobody",
  callDays: 30,
  calls: "all",
  callContent: [],
  maxGrants: "all",
};

/** A part of a policy, with what it leaves open as it is by default. */
export const policyOf = (decided: Partial<OrganizationPolicy> | null): OrganizationPolicy => ({
  ...DEFAULT_POLICY,
  ...decided,
});
