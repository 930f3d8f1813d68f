import {
  actorOf,
  authorize,
  type BudgetCount,
  type Database,
  LEASE_MS,
  type MemberAuthority,
  type ModelBudget,
  type Principal,
  requireRevision,
  revisionOf,
  type SeenRevisions,
  type Stores,
  type World,
} from "@patchbay/core";
import {
  type BudgetBody,
  type BudgetChangeBody,
  type BudgetMeasure,
  PatchbayError,
} from "@patchbay/protocol";
import { MAX_BUDGETS, MAX_LISTED_USES } from "../limits.ts";
import { endOf, startOf } from "./budget-periods.ts";
import { amountOf, microsOf } from "./costs.ts";

/** What somebody has used of a budget, in its units. */
interface BudgetUse {
  readonly id: string;
  readonly name?: string;
  readonly used: number;
  readonly reserved: number;
  readonly left: number;
}

/** A budget as people see it: a cost in the currency. */
export interface BudgetView {
  readonly id: string;
  readonly title?: string;
  readonly for: { readonly kind: ModelBudget["subjectKind"]; readonly id?: string };
  readonly of: BudgetMeasure;
  readonly amount: number;
  readonly per: ModelBudget["period"];
  /** Of a cost. */
  readonly currency?: string;
  readonly startedAt?: Date;
  readonly startsAnewAt?: Date;
  readonly use: readonly BudgetUse[];
  /** Of what can be changed. */
  readonly revision: string;
}

/** What administrators let be used of models. */
export class Budgets {
  readonly #database: Database;
  readonly #world: Pick<World, "newId" | "now">;

  constructor(database: Database, world: Pick<World, "newId" | "now">) {
    this.#database = database;
    this.#world = world;
  }

  /**
   * With what is used of them: all for who sets plugins up for the organization, those for one of their projects for project managers.
   * Throws `forbidden` and `organization_not_found`.
   */
  async list(principal: Principal, slug: string): Promise<readonly BudgetView[]> {
    const authority = authorize(principal, slug, "org.plugins.configure");
    const { budgets, currency } = await this.#database.modelBudgets.rules(authority.organization.id);
    return await this.#viewsOf(authority, budgets.filter(seenBy(authority)), currency);
  }

  /** Throws `budget_not_found`, `forbidden` and `organization_not_found`. */
  async get(principal: Principal, slug: string, id: string): Promise<BudgetView> {
    const authority = authorize(principal, slug, "org.plugins.configure");
    const { budgets, currency } = await this.#database.modelBudgets.rules(authority.organization.id);
    const found = budgets.filter(seenBy(authority)).find((one) => one.id === id);
    return await this.#viewOf(authority, found ?? notFound(id), currency);
  }

  /**
   * For owners and administrators, as all changes are. In force at once; what was used before does not count. Throws `invalid_request`,
   * `user_not_found`, `api_key_not_found`, `project_not_found`, `forbidden`, `organization_not_found`.
   */
  async create(principal: Principal, slug: string, body: BudgetBody): Promise<BudgetView> {
    const authority = authorize(principal, slug, "org.members.write");
    const organizationId = authority.organization.id;
    const budget: ModelBudget = {
      id: this.#world.newId(),
      organizationId,
      title: body.title ?? null,
      subjectKind: body.for.kind,
      subjectId: body.for.id ?? null,
      measure: body.of,
      period: body.per,
      amount: unitsOf(body.of, body.amount),
    };
    await this.#database.transaction(async (stores) => {
      await requireSubject(stores, budget);
      await stores.modelBudgets.create(budget, MAX_BUDGETS);
      await append(stores, principal, organizationId, "budget.created", { budget: budget.id, after: body });
    });
    const { currency } = await this.#database.modelBudgets.rules(organizationId);
    return await this.#viewOf(authority, budget, currency);
  }

  /** Title and amount; what is used stays used. Throws `revision_changed`, `budget_not_found`, and as `create` does. */
  async change(
    principal: Principal,
    slug: string,
    id: string,
    body: BudgetChangeBody,
    seen?: SeenRevisions,
  ): Promise<BudgetView> {
    const authority = authorize(principal, slug, "org.members.write");
    const organizationId = authority.organization.id;
    const changed = await this.#database.transaction(async (stores) => {
      const before = (await stores.modelBudgets.find(organizationId, id)) ?? notFound(id);
      const after = {
        ...before,
        title: body.title ?? null,
        amount: unitsOf(before.measure, body.amount),
      };
      requireRevision(seen, changeable(before), changeable(after));
      if (revisionOf(changeable(before)) === revisionOf(changeable(after))) return after;
      await stores.modelBudgets.replace(after);
      const detail = { budget: id, before: changeable(before), after: changeable(after) };
      await append(stores, principal, organizationId, "budget.changed", detail);
      return after;
    });
    const { currency } = await this.#database.modelBudgets.rules(organizationId);
    return await this.#viewOf(authority, changed, currency);
  }

  /** With all that is counted of it. Throws `budget_not_found`, and as `create` does. */
  async remove(principal: Principal, slug: string, id: string): Promise<void> {
    const authority = authorize(principal, slug, "org.members.write");
    const organizationId = authority.organization.id;
    await this.#database.transaction(async (stores) => {
      const before = (await stores.modelBudgets.find(organizationId, id)) ?? notFound(id);
      await stores.modelBudgets.remove(organizationId, id);
      await append(stores, principal, organizationId, "budget.deleted", {
        budget: id,
        before: changeable(before),
      });
    });
  }

  async #viewOf(authority: MemberAuthority, budget: ModelBudget, currency: string): Promise<BudgetView> {
    const [view] = await this.#viewsOf(authority, [budget], currency);
    return view ?? notFound(budget.id);
  }

  async #viewsOf(
    authority: MemberAuthority,
    budgets: readonly ModelBudget[],
    currency: string,
  ): Promise<readonly BudgetView[]> {
    const now = this.#world.now();
    const periods = budgets.map(({ id, period }) => ({ budgetId: id, startsAt: startOf(period, now) }));
    const counts = await this.#database.modelBudgets.counts(periods, MAX_LISTED_USES, LEASE_MS);
    const byBudget = Map.groupBy(counts, ({ budgetId }) => budgetId);
    const names = await this.#namesOf(authority.organization.id, budgets);
    return budgets.map((budget) => viewOf(budget, byBudget.get(budget.id) ?? [], { now, currency, names }));
  }

  /** Of people and keys that a budget may be for. */
  async #namesOf(
    organizationId: string,
    budgets: readonly ModelBudget[],
  ): Promise<ReadonlyMap<string, string>> {
    const isFor = (kind: ModelBudget["subjectKind"]) =>
      budgets.some(({ subjectKind }) => subjectKind === kind);
    const people = isFor("person") ? await this.#database.organizations.listMembers(organizationId) : [];
    const keys = isFor("api_key") ? await this.#database.accounts.listApiKeys(organizationId) : [];
    return new Map([
      ...people.map(({ userId, email }) => [userId, email] as const),
      ...keys.map(({ id, name }) => [id, name] as const),
    ]);
  }
}

const seenBy =
  ({ reach, managed }: MemberAuthority) =>
  ({ subjectKind, subjectId }: ModelBudget): boolean =>
    reach === "organization" || (subjectKind === "project" && subjectId !== null && managed.has(subjectId));

const changeable = ({ title, amount, measure }: ModelBudget) => ({ title, amount: told(measure, amount) });

const told = (measure: BudgetMeasure, units: number): number =>
  measure === "cost" ? amountOf(units) : units;

const viewOf = (
  budget: ModelBudget,
  counts: readonly BudgetCount[],
  about: { readonly now: Date; readonly currency: string; readonly names: ReadonlyMap<string, string> },
): BudgetView => {
  const { id, title, subjectKind, subjectId, measure, period, amount } = budget;
  const startsAnewAt = endOf(period, about.now);
  const alone = subjectKind === "organization" ? "" : subjectId;
  const none = alone === null || counts.length > 0 ? [] : [{ subject: alone, used: 0, reserved: 0 }];
  return {
    id,
    ...(title !== null && { title }),
    for: { kind: subjectKind, ...(subjectId !== null && { id: subjectId }) },
    of: measure,
    amount: told(measure, amount),
    per: period,
    ...(measure === "cost" && { currency: about.currency }),
    ...(startsAnewAt !== null && { startedAt: startOf(period, about.now), startsAnewAt }),
    use: [...counts, ...none].map(({ subject, used, reserved }) => {
      const name = about.names.get(subject);
      return {
        id: subject,
        ...(name !== undefined && { name }),
        used: told(measure, used),
        reserved: told(measure, reserved),
        left: told(measure, Math.max(0, amount - used - reserved)),
      };
    }),
    revision: revisionOf(changeable(budget)),
  };
};

/** An amount as people write it, in the units that are counted. Throws `invalid_request`. */
const unitsOf = (measure: BudgetMeasure, amount: number): number => {
  const units = measure === "cost" ? microsOf(amount) : amount;
  if (units !== null && Number.isSafeInteger(units) && units <= MAX_UNITS) return units;
  const message =
    measure === "cost"
      ? "A cost has at most six decimals, and is a thousand million at the most."
      : "Tokens and requests are whole numbers.";
  throw new PatchbayError("invalid_request", message, { errors: [{ pointer: "/amount", message }] });
};
/** A thousand million of a currency, in millionths. */
const MAX_UNITS = 1_000_000_000_000_000;

/** Throws where there is nobody that the budget could be for. */
const requireSubject = async (
  stores: Stores,
  { organizationId, subjectKind, subjectId }: ModelBudget,
): Promise<void> => {
  const refuse = (message: string): never => {
    throw new PatchbayError("invalid_request", message, { errors: [{ pointer: "/for/id", message }] });
  };
  if (subjectId === null) return;
  switch (subjectKind) {
    case "organization":
      return refuse("A budget for the organization names nobody: leave the id out.");
    case "person": {
      const members = await stores.organizations.listMembers(organizationId);
      if (members.some(({ userId }) => userId === subjectId)) return;
      throw new PatchbayError("user_not_found", "Nobody in the organization has this id.");
    }
    case "api_key":
      if ((await stores.accounts.findApiKey(organizationId, subjectId)) !== null) return;
      throw new PatchbayError("api_key_not_found", "The organization has no API key with this id.");
    case "project":
      if ((await stores.organizations.findProject(organizationId, subjectId)) !== null) return;
      throw new PatchbayError("project_not_found", `There is no project "${subjectId.slice(0, 63)}".`);
    case "plugin":
      if (!PLUGIN_ID.test(subjectId)) refuse("Give the plugin's id, such as acme.notes.");
      return;
    case "model":
      if (!MODEL_PATTERN.test(subjectId))
        refuse("Give a model as provider/model, or the beginning of such names followed by *.");
      return;
    default:
      return subjectKind satisfies never;
  }
};
const PLUGIN_ID = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*$/;
const MODEL_PATTERN = /^[^*\p{Cc}\p{Cs}]+\*?$|^\*$/u;

const append = async (
  stores: Stores,
  principal: Principal,
  organizationId: string,
  action: "budget.created" | "budget.changed" | "budget.deleted",
  detail: Readonly<Record<string, unknown>>,
): Promise<void> =>
  await stores.audit.append({ organizationId, actor: actorOf(principal), action, pluginId: null, detail });

const notFound = (id: string): never => {
  throw new PatchbayError("budget_not_found", `There is no budget "${id.slice(0, 64)}" here.`);
};
