import type {
  BudgetClaim,
  BudgetCount,
  BudgetPlace,
  BudgetRules,
  BudgetSettlement,
  ModelBudget,
  ModelBudgetStore,
  ModelPrices,
} from "@patchbay/core";
import { type BudgetPeriod, PatchbayError } from "@patchbay/protocol";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import type { Row, Tables } from "../tables.ts";

/** Of organizations that have set none. */
const NO_PRICES: ModelPrices = { currency: "USD", prices: [] };

interface CountRow {
  readonly budgetId: string;
  readonly subject: string;
  readonly startsAt: Date;
  readonly used: string;
  readonly reserved: string;
}

/** What is reserved and settled is decided by functions of the database (migration 021): one round trip, in one order of locks. */
export class PostgresModelBudgetStore implements ModelBudgetStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async rules(organizationId: string): Promise<BudgetRules> {
    const budgets = await this.#db
      .selectFrom("modelBudgets")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
    const found = await this.#db
      .selectFrom("modelPrices")
      .select(["currency", "prices"])
      .where("organizationId", "=", organizationId)
      .executeTakeFirst();
    return { ...(found ?? NO_PRICES), budgets: budgets.map(toBudget) };
  }

  async find(organizationId: string, id: string): Promise<ModelBudget | null> {
    const query = this.#db
      .selectFrom("modelBudgets")
      .selectAll()
      .where("organizationId", "=", organizationId)
      .where("id", "=", id);
    const found = await (this.#db.isTransaction ? query.forNoKeyUpdate() : query).executeTakeFirst();
    return found === undefined ? null : toBudget(found);
  }

  async create(budget: ModelBudget, most: number): Promise<void> {
    const { organizationId } = budget;
    await atomically(this.#db, async (db) => {
      await new PostgresModelBudgetStore(db).lock(organizationId);
      const { there } = await db
        .selectFrom("modelBudgets")
        .select(({ fn }) => fn.countAll<string>().as("there"))
        .where("organizationId", "=", organizationId)
        .executeTakeFirstOrThrow();
      if (Number(there) >= most)
        throw new PatchbayError(
          "invalid_request",
          `The organization has ${most} budgets already, which is as many as there may be. Delete one first.`,
        );
      await db.insertInto("modelBudgets").values(budget).execute();
    });
  }

  async replace({ id, organizationId, title, amount }: ModelBudget): Promise<void> {
    await this.#db
      .updateTable("modelBudgets")
      .set({ title, amount })
      .where("organizationId", "=", organizationId)
      .where("id", "=", id)
      .execute();
  }

  async remove(organizationId: string, id: string): Promise<boolean> {
    const gone = await this.#db
      .deleteFrom("modelBudgets")
      .where("organizationId", "=", organizationId)
      .where("id", "=", id)
      .returning("id")
      .executeTakeFirst();
    return gone !== undefined;
  }

  async lock(organizationId: string): Promise<void> {
    await this.#db
      .selectFrom("organizations")
      .select("id")
      .where("id", "=", organizationId)
      .forNoKeyUpdate()
      .execute();
  }

  async setPrices(organizationId: string, { currency, prices }: ModelPrices): Promise<void> {
    const set = { currency, prices: JSON.stringify(prices) };
    await this.#db
      .insertInto("modelPrices")
      .values({ organizationId, ...set })
      .onConflict((conflict) => conflict.column("organizationId").doUpdateSet(set))
      .execute();
  }

  async counts(
    periods: readonly Omit<BudgetPlace, "subject">[],
    limit: number,
    silentMs: number,
  ): Promise<readonly BudgetCount[]> {
    const wanted = JSON.stringify(periods.map(({ budgetId, startsAt }) => ({ budgetId, startsAt })));
    const { rows } = await sql<CountRow>`
      select budget_id, subject, starts_at, used, reserved from (
        select counts.*, held.reserved,
          row_number() over (partition by counts.budget_id order by used + held.reserved desc, subject) as place
        from json_to_recordset(${wanted}) as wanted ("budgetId" text, "startsAt" timestamptz)
        join model_budget_counts as counts
          on counts.budget_id = wanted."budgetId" and counts.starts_at = wanted."startsAt"
        cross join lateral (
          select patchbay_budget_holds(counts.budget_id, subject, starts_at, ${silentMs}, '') as reserved
        ) as held
      ) as ranked
      where place <= ${limit} and used + reserved > 0 order by budget_id, place`.execute(this.#db);
    return rows.map(toCount);
  }

  async reserve(
    holder: string,
    calls: readonly (readonly BudgetClaim[])[],
    silentMs: number,
  ): Promise<readonly (readonly BudgetCount[])[]> {
    const claims = calls.flatMap((call, place) => call.map((claim) => ({ ...claim, place })));
    const { rows } = await sql<CountRow & { readonly call: number }>`
      select * from patchbay_reserve_budgets(
        ${holder}, ${silentMs}, ${claims.map(({ place }) => place)}, ${claims.map(({ budgetId }) => budgetId)},
        ${claims.map(({ subject }) => subject)}, ${claims.map(({ startsAt }) => startsAt)},
        ${claims.map(({ amount }) => amount)})`.execute(this.#db);
    const refusals = Map.groupBy(rows, ({ call }) => call);
    return calls.map((_, place) => (refusals.get(place) ?? []).map(toCount));
  }

  async advance(
    holder: string,
    claims: readonly BudgetClaim[],
    silentMs: number,
  ): Promise<readonly number[]> {
    const { rows } = await sql<{ readonly place: number; readonly amount: number }>`
      select * from patchbay_advance_budgets(
        ${holder}, ${silentMs}, ${claims.map(({ budgetId }) => budgetId)}, ${claims.map(({ subject }) => subject)},
        ${claims.map(({ startsAt }) => startsAt)}, ${claims.map(({ amount }) => amount)})`.execute(this.#db);
    const amounts = new Map(rows.map(({ place, amount }) => [place, Number(amount)]));
    return claims.map((_, place) => amounts.get(place + 1) ?? 0);
  }

  async settle(settlements: readonly BudgetSettlement[]): Promise<void> {
    await sql`
      select patchbay_settle_budgets(
        ${settlements.map(({ holder }) => holder)}, ${settlements.map(({ budgetId }) => budgetId)},
        ${settlements.map(({ subject }) => subject)}, ${settlements.map(({ startsAt }) => startsAt)},
        ${settlements.map(({ reserved }) => reserved)}, ${settlements.map(({ used }) => used)})`.execute(
      this.#db,
    );
  }

  async trim(before: Readonly<Record<Exclude<BudgetPeriod, "total">, Date>>): Promise<void> {
    // What somebody holds is passed over, since the calls that hold it have another order of locks.
    for (const [period, time] of Object.entries(before))
      await sql`
        delete from model_budget_counts where (budget_id, subject, starts_at) in (
          select counts.budget_id, counts.subject, counts.starts_at from model_budget_counts as counts
          join model_budgets as budgets on budgets.id = counts.budget_id
          where budgets.period = ${period} and counts.starts_at < ${time}
          for update of counts skip locked
        )`.execute(this.#db);
    await sql`
      delete from model_budget_holds where (budget_id, subject, starts_at, holder) in (
        select budget_id, subject, starts_at, holder from model_budget_holds as holds
        where not exists (
          select from nodes where nodes.id = holds.holder and dead_at is null and left_at is null)
        for update of holds skip locked
      )`.execute(this.#db);
  }
}

const toBudget = ({ createdAt: _, amount, ...budget }: Row<"modelBudgets">): ModelBudget => ({
  ...budget,
  amount: Number(amount),
});

const toCount = ({ budgetId, subject, startsAt, used, reserved }: CountRow): BudgetCount => ({
  budgetId,
  subject,
  startsAt,
  used: Number(used),
  reserved: Number(reserved),
});
