import {
  actorOf,
  authorize,
  type Database,
  DEFAULT_MODEL_RULES,
  type ModelRules,
  type Principal,
  ReadThroughCache,
  requireRevision,
  type SeenRevisions,
} from "@patchbay/core";
import { requireMeaningful } from "./rules.ts";

/** What organizations decide about the models that they ask. */
export class OrganizationRules {
  readonly #database: Pick<Database, "modelRules" | "transaction">;
  readonly #held: ReadThroughCache<ModelRules>;

  constructor(database: Pick<Database, "modelRules" | "transaction">) {
    this.#database = database;
    this.#held = new ReadThroughCache(
      async (id) => (await database.modelRules.find(id)) ?? DEFAULT_MODEL_RULES,
    );
  }

  /** Those in force, by the organization's id. Held until they change. */
  async of(organizationId: string): Promise<ModelRules> {
    return await this.#held.get(organizationId);
  }

  /** Those in force, for those who set plugins up: they name models of plugins that are hidden from others. Throws `forbidden`, `organization_not_found`. */
  async get(principal: Principal, slug: string): Promise<ModelRules> {
    return await this.of(authorize(principal, slug, "org.plugins.configure").organization.id);
  }

  /**
   * Replaces all rules; those left out are as by default. For owners and administrators. Throws `revision_changed` when they are not
   * those that were seen, `invalid_request` for rules that mean nothing.
   */
  async put(
    principal: Principal,
    slug: string,
    decided: Partial<ModelRules>,
    seen?: SeenRevisions,
  ): Promise<ModelRules> {
    const { id } = authorize(principal, slug, "org.members.write").organization;
    const rules = { ...DEFAULT_MODEL_RULES, ...decided };
    requireMeaningful(rules);
    await this.#database.transaction(async (stores) => {
      await stores.installations.lockAll(id);
      const before = (await stores.modelRules.find(id)) ?? DEFAULT_MODEL_RULES;
      requireRevision(seen, before, rules);
      await stores.modelRules.put(id, rules);
      const event = { actor: actorOf(principal), action: "model_rules.changed" as const, pluginId: null };
      await stores.audit.append({ organizationId: id, ...event, detail: { before, after: rules } });
    });
    this.#held.invalidate(id);
    return rules;
  }

  /** They have changed, maybe on another node; those of all organizations where none is named. */
  changed(organizationId?: string): void {
    if (organizationId === undefined) this.#held.clear();
    else this.#held.invalidate(organizationId);
  }
}
