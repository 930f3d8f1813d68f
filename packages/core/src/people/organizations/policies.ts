import { type FieldError, PatchbayError } from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { objectionTo, signatureObjection } from "../../access/policy-rules.ts";
import { isScopeVisible } from "../../access/sight.ts";
import { DEFAULT_POLICY, type OrganizationPolicy, type PolicyRule } from "../../model/policy.ts";
import type { PackageTrust } from "../../plugins/trust/package-trust.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import { requireRevision, type SeenRevisions } from "../../revision.ts";

/** Something that is not as the policy wants it: nothing is switched off by a policy. */
export interface PolicyViolation {
  readonly plugin: string;
  readonly rule: PolicyRule;
  readonly message: string;
}

export interface PolicyView {
  readonly policy: OrganizationPolicy;
  readonly violations: readonly PolicyViolation[];
}

/** What organizations decide about their plugins. */
export class Policies {
  readonly #database: Database;
  readonly #trust: PackageTrust;

  constructor(database: Database, trust: PackageTrust) {
    this.#database = database;
    this.#trust = trust;
  }

  /** The rules in force, for whoever sees plugins, with what is installed against them as far as the caller sees that. */
  async get(principal: Principal, slug: string): Promise<PolicyView> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const { id } = authority.organization;
    const [policy, all] = await Promise.all([
      this.#database.organizations.findPolicy(id),
      this.#database.installations.list(id),
    ]);
    const installed = all.filter(({ scope }) => isScopeVisible(authority, scope));
    return { policy, violations: await this.#violations(id, policy, installed) };
  }

  /**
   * Replaces all rules; those left out are as by default. In force here at once; installed plugins stay as they are. For
   * owners and administrators. Throws `revision_changed` when the rules are not those that were seen, `invalid_request` for rules that contradict each other.
   */
  async put(
    principal: Principal,
    slug: string,
    decided: Partial<OrganizationPolicy>,
    seen?: SeenRevisions,
  ): Promise<PolicyView> {
    const authority = authorize(principal, slug, "org.members.write");
    const policy = { ...DEFAULT_POLICY, ...decided };
    requireConsistent(policy);
    const { id } = authority.organization;
    await this.#database.transaction(async (stores) => {
      await stores.installations.lockAll(id);
      const before = await stores.organizations.findPolicy(id);
      requireRevision(seen, before, policy);
      const rules = (Object.keys(policy) as PolicyRule[]).filter(
        (rule) => JSON.stringify(policy[rule]) !== JSON.stringify(before[rule]),
      );
      if (rules.length === 0) return;
      await stores.organizations.setPolicy(id, policy);
      const detail = {
        before: Object.fromEntries(rules.map((rule) => [rule, before[rule]])),
        after: Object.fromEntries(rules.map((rule) => [rule, policy[rule]])),
      };
      const event = { actor: actorOf(principal), action: "policy.changed" as const, pluginId: null, detail };
      await stores.audit.append({ organizationId: id, ...event });
    });
    const installed = await this.#database.installations.list(id);
    return { policy, violations: await this.#violations(id, policy, installed) };
  }

  async #violations(
    organizationId: string,
    policy: OrganizationPolicy,
    installed: readonly Installation[],
  ): Promise<PolicyViolation[]> {
    const found = violationsOf(policy, installed);
    if (policy.signatures === "optional") return found;
    const versions = await this.#database.catalog.listInstalled(organizationId);
    for (const { pluginId: plugin, version } of installed) {
      const running = versions.get(plugin)?.find((one) => one.version === version);
      const objection = running && signatureObjection(policy, running, await this.#trust.judge(running));
      if (objection) found.push({ plugin, ...objection });
    }
    return found;
  }
}

const violationsOf = (policy: OrganizationPolicy, installed: readonly Installation[]): PolicyViolation[] => [
  ...installed.flatMap((one) => {
    const objection = objectionTo(policy, one);
    return objection === null ? [] : [{ plugin: one.pluginId, ...objection }];
  }),
  ...policy.required.flatMap((plugin) => {
    const state = installed.find(({ pluginId }) => pluginId === plugin)?.state ?? "not installed";
    if (state === "enabled" || state === "updating") return [];
    return [{ plugin, rule: "required" as const, message: `The required plugin "${plugin}" is ${state}.` }];
  }),
];

/** What is required can be had. */
const requireConsistent = (policy: OrganizationPolicy): void => {
  const errors: FieldError[] = policy.required.flatMap((pluginId, index) => {
    const objection = objectionTo(policy, { pluginId, source: "builtin", badge: "builtin" });
    return objection === null ? [] : [{ pointer: `/required/${index}`, message: objection.message }];
  });
  const [first] = errors;
  if (first === undefined) return;
  throw new PatchbayError("invalid_request", `The rules contradict each other: ${first.message}`, { errors });
};
