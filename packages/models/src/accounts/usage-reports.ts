import {
  authorize,
  type Database,
  holds,
  type ModelUsageQuery,
  type ModelUsageRow,
  type Principal,
  type UsageSight,
  type World,
} from "@patchbay/core";
import {
  PatchbayError,
  USAGE_DIMENSIONS,
  type UsageDimension,
  type UsageDto,
  type UsageQuery,
} from "@patchbay/protocol";
import { DEFAULT_USAGE_DAYS, MAX_USAGE_DAYS, MAX_USAGE_ROWS } from "../limits.ts";
import { amountOf } from "./costs.ts";

const DAY_MS = 24 * 60 * 60_000;

/** What models were used for, for those who may know. */
export class UsageReports {
  readonly #database: Database;
  readonly #now: () => Date;
  /** Writes what this node has counted and not written. */
  readonly #flush: () => Promise<void>;

  constructor(database: Database, world: Pick<World, "now">, flush: () => Promise<void>) {
    this.#database = database;
    this.#now = world.now;
    this.#flush = flush;
  }

  /**
   * Everybody's for who sets plugins up for the organization, for project managers that of their projects, and for everybody their own.
   * Throws `invalid_request`, `forbidden`, `organization_not_found`.
   */
  async report(principal: Principal, slug: string, query: UsageQuery): Promise<UsageDto> {
    const setsUp = holds(principal, slug, "org.plugins.configure");
    const authority = authorize(principal, slug, setsUp ? "org.plugins.configure" : "org.plugins.use");
    const { organization } = authority;
    const { from, to } = timeOf(query, this.#now());
    const by = dimensionsOf(query.by ?? "day");
    const { model, plugin, asker, person, key, project } = query;
    const filters = { model, plugin, asker, person, key, project };
    const where = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
    await this.#flush();
    const { currency } = await this.#database.modelBudgets.rules(organization.id);
    const own = { userId: principal.user.id, projects: setsUp ? [...authority.managed] : [] };
    const sight: UsageSight = setsUp && authority.reach === "organization" ? "all" : own;
    const asked: ModelUsageQuery = {
      from,
      to,
      where,
      sight,
      currency,
      by,
      limit: MAX_USAGE_ROWS + 1,
    };
    const rows = await this.#database.modelUsage.report(organization.id, asked);
    const [total = NONE] = await this.#database.modelUsage.report(organization.id, { ...asked, by: [] });
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      by: [...by],
      currency,
      total: countsOf(total),
      items: rows.slice(0, MAX_USAGE_ROWS).map((row) => ({
        ...row.by,
        ...(row.name !== null && { name: row.name }),
        ...countsOf(row),
      })) as UsageDto["items"],
      isCut: rows.length > MAX_USAGE_ROWS,
    };
  }
}

const NONE: ModelUsageRow = {
  by: {},
  name: null,
  requests: 0,
  failures: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  estimatedInputTokens: 0,
  estimatedOutputTokens: 0,
  costMicros: null,
  unpricedRequests: 0,
};

const countsOf = ({ by: _, name: __, costMicros, ...counts }: ModelUsageRow): UsageDto["total"] => ({
  ...counts,
  cost: costMicros === null ? null : amountOf(costMicros),
});

const dimensionsOf = (by: string): readonly UsageDimension[] => {
  const names = by.split(",").map((name) => name.trim());
  const known = USAGE_DIMENSIONS.filter((one) => names.includes(one));
  if (known.length === names.length && known.length <= 2)
    return names.flatMap((name) => known.find((one) => one === name) ?? []);
  throw refuse("/by", `Give one or two of ${USAGE_DIMENSIONS.join(", ")}, with a comma between.`);
};

const timeOf = (query: UsageQuery, now: Date): { readonly from: Date; readonly to: Date } => {
  const to = query.to === undefined ? now : readTime("/to", query.to);
  const from =
    query.from === undefined
      ? new Date(to.getTime() - DEFAULT_USAGE_DAYS * DAY_MS)
      : readTime("/from", query.from);
  if (from >= to) throw refuse("/from", "The time begins before it ends: `from` comes before `to`.");
  if (to.getTime() - from.getTime() > MAX_USAGE_DAYS * DAY_MS)
    throw refuse("/from", `One report is about ${MAX_USAGE_DAYS} days at the most.`);
  return { from, to };
};

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?$/;

const readTime = (pointer: string, text: string): Date => {
  const time = new Date(text);
  if (TIME.test(text) && !Number.isNaN(time.getTime())) return time;
  throw refuse(pointer, "Give a time such as 2026-11-30T08:00:00Z, or a day such as 2026-11-30.");
};

const refuse = (pointer: string, message: string): PatchbayError =>
  new PatchbayError("invalid_request", message, { errors: [{ pointer, message }] });
