import {
  type Budgets,
  type BudgetView,
  type PriceLists,
  type UsageReports,
  usageCsv,
} from "@patchbay/models";
import {
  BudgetBody,
  BudgetChangeBody,
  BudgetDto,
  ModelPricesBody,
  UsageDto,
  UsageQuery,
} from "@patchbay/protocol";
import type { FastifyReply } from "fastify";
import Type from "typebox";
import { created } from "../../created.ts";
import { bytes } from "../../openapi/describe.ts";
import { BY_REVISION, seenRevisions, tellRevision } from "../../revisions.ts";
import { type App, answers, listOf, NoContent, Org } from "../../route.ts";

const tags = ["Models"];
const OrgBudget = Type.Object({ ...Org.properties, budget: Type.String({ maxLength: 64 }) });

interface AccountNeeds {
  readonly budgets: Budgets;
  readonly prices: PriceLists;
  readonly reports: UsageReports;
}

/** What models were used for, what that may be, and what it costs. */
export const accountRoutes = (app: App, { budgets, prices, reports }: AccountNeeds): void => {
  usageRoutes(app, reports);
  priceRoutes(app, prices);
  budgetRoutes(app, budgets);
};

const usageRoutes = (app: App, reports: UsageReports): void => {
  app.get(
    "/api/orgs/:org/usage",
    {
      schema: {
        tags,
        operationId: "getModelUsage",
        summary: "What models were used for",
        description:
          "Everybody's for those with org.plugins.configure, that of their projects for project managers, and for everybody their own. Tokens that no provider told are estimated and counted apart.",
        params: Org,
        querystring: UsageQuery,
        response: answers({ 200: UsageDto }),
      },
    },
    async ({ principal, params, query }) => await reports.report(principal, params.org, query),
  );

  app.get(
    "/api/orgs/:org/usage.csv",
    {
      schema: {
        tags,
        operationId: "getModelUsageTable",
        summary: "What models were used for, as a table",
        description: "The rows of the report as CSV with a header; what is not known is an empty field.",
        params: Org,
        querystring: UsageQuery,
        response: answers({ 200: bytes("text/csv", "The table") }),
      },
    },
    async ({ principal, params, query }, reply) =>
      await reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="usage.csv"')
        .send(usageCsv(await reports.report(principal, params.org, query))),
  );
};

const priceRoutes = (app: App, prices: PriceLists): void => {
  const path = "/api/orgs/:org/model-prices";
  const tell = (reply: FastifyReply, list: ModelPricesBody): ModelPricesBody => {
    tellRevision(reply, list);
    return list;
  };

  app.get(
    path,
    {
      schema: {
        tags,
        operationId: "getModelPrices",
        summary: "What models cost",
        params: Org,
        response: answers({ 200: ModelPricesBody }),
      },
    },
    async ({ principal, params }, reply) => tell(reply, await prices.get(principal, params.org)),
  );

  app.put(
    path,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putModelPrices",
        summary: "Replace what models cost",
        description:
          "For owners and administrators. For what is asked from now on: what was counted stays as it is. A model without a price has no known cost.",
        params: Org,
        body: ModelPricesBody,
        response: answers({ 200: ModelPricesBody }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      return tell(reply, await prices.put(principal, params.org, body, seenRevisions(request)));
    },
  );
};

const budgetRoutes = (app: App, budgets: Budgets): void => {
  app.get(
    "/api/orgs/:org/budgets",
    {
      schema: {
        tags,
        operationId: "listBudgets",
        summary: "Budgets and rate limits of models, with what is used of them",
        description:
          "All for those with org.plugins.configure; for project managers those for one of their projects.",
        params: Org,
        response: answers({ 200: listOf(BudgetDto) }),
      },
    },
    async ({ principal, params }) => ({ items: (await budgets.list(principal, params.org)).map(toDto) }),
  );

  app.post(
    "/api/orgs/:org/budgets",
    {
      schema: {
        tags,
        operationId: "createBudget",
        summary: "Make a budget or a rate limit of models",
        description:
          "For owners and administrators; in force at once. Every budget that is for a call binds it. One by the minute is a rate limit: beyond it calls are refused with `rate_limited`, beyond others with `budget_exceeded`.",
        params: Org,
        body: BudgetBody,
        response: answers({ 201: BudgetDto }),
      },
    },
    async ({ principal, params: { org }, body }, reply) => {
      const budget = await budgets.create(principal, org, body);
      return await created(reply, "api", "orgs", org, "budgets", budget.id).send(told(reply, budget));
    },
  );

  app.get(
    "/api/orgs/:org/budgets/:budget",
    {
      schema: {
        tags,
        operationId: "getBudget",
        summary: "One budget, with what is used of it",
        params: OrgBudget,
        response: answers({ 200: BudgetDto }),
      },
    },
    async ({ principal, params }, reply) =>
      told(reply, await budgets.get(principal, params.org, params.budget)),
  );

  app.put(
    "/api/orgs/:org/budgets/:budget",
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "changeBudget",
        summary: "Change a budget's title and amount",
        description: "For owners and administrators. What is used of it stays used.",
        params: OrgBudget,
        body: BudgetChangeBody,
        response: answers({ 200: BudgetDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      return told(
        reply,
        await budgets.change(principal, params.org, params.budget, body, seenRevisions(request)),
      );
    },
  );

  app.delete(
    "/api/orgs/:org/budgets/:budget",
    {
      schema: {
        tags,
        operationId: "deleteBudget",
        summary: "Delete a budget with all that is counted of it",
        description: "For owners and administrators. Calls that are under way go on.",
        params: OrgBudget,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await budgets.remove(principal, params.org, params.budget);
      return await reply.code(204).send(null);
    },
  );
};

/** The revision of a budget is that of what can be changed of it: what is used changes by itself. */
const told = (reply: FastifyReply, budget: BudgetView): BudgetDto => {
  reply.header("etag", `"${budget.revision}"`);
  return toDto(budget);
};

const toDto = ({ startedAt, startsAnewAt, use, ...budget }: BudgetView): BudgetDto => ({
  ...budget,
  use: [...use],
  ...(startedAt !== undefined && { startedAt: startedAt.toISOString() }),
  ...(startsAnewAt !== undefined && { startsAnewAt: startsAnewAt.toISOString() }),
});
