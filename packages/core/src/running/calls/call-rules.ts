import { matchesPlugin } from "../../model/plugin-patterns.ts";
import type { OrganizationPolicy } from "../../model/policy.ts";
import type { OrganizationStore } from "../../ports/organization-store.ts";
import type { PluginSpec } from "../../ports/plugin-runtime.ts";
import { ReadThroughCache } from "../../read-through-cache.ts";

export type CallRulesOf = Pick<OrganizationPolicy, "callDays" | "calls" | "callContent">;
type Called = Pick<PluginSpec, "organizationId" | "pluginId">;

/** Whether calls into a plugin are kept. */
export const isKept = ({ callDays, calls }: CallRulesOf, pluginId: string): boolean =>
  callDays > 0 && matchesPlugin(calls, pluginId);

/** Whether what goes in and out is kept as well. */
export const isContentKept = (rules: CallRulesOf, pluginId: string): boolean =>
  isKept(rules, pluginId) && matchesPlugin(rules.callContent, pluginId);

/** What organizations want to be kept of calls, held in memory: each call asks. */
export class CallRules {
  readonly #held: ReadThroughCache<CallRulesOf>;

  constructor(organizations: Pick<OrganizationStore, "findPolicy">) {
    this.#held = new ReadThroughCache((organizationId) => organizations.findPolicy(organizationId));
  }

  /** Waits for nothing once the rules are known. Where they cannot be read, nothing is kept. */
  keepsContent({ organizationId, pluginId }: Called): boolean | Promise<boolean> {
    const held = this.#held.peek(organizationId);
    if (held !== undefined) return isContentKept(held, pluginId);
    return this.of(organizationId).then(
      (rules) => isContentKept(rules, pluginId),
      () => false,
    );
  }

  /** Those of an organization. Throws what the database throws. */
  async of(organizationId: string): Promise<CallRulesOf> {
    return await this.#held.get(organizationId);
  }

  /** A policy was changed: all are read anew. */
  forget(): void {
    this.#held.clear();
  }
}
