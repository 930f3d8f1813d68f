import Type, { type Static, type TSchema } from "typebox";
import { TEXT } from "../text.ts";

const strict = { additionalProperties: false } as const;
const Time = Type.String({ description: "RFC 3339" });
const Id = Type.String({ minLength: 1, maxLength: 64 });
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** For how long a budget is: a new one begins with each minute, hour, day or month of UTC; `total` never begins anew. */
export const BUDGET_PERIODS = ["minute", "hour", "day", "month", "total"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];
/** What a budget counts. `cost` in the currency of the organization's prices. */
export const BUDGET_MEASURES = ["tokens", "cost", "requests"] as const;
export type BudgetMeasure = (typeof BUDGET_MEASURES)[number];
/** Whom a budget is for. `plugin`: one that asks models. */
export const BUDGET_SUBJECTS = ["organization", "person", "api_key", "project", "plugin", "model"] as const;
export type BudgetSubjectKind = (typeof BUDGET_SUBJECTS)[number];

/** The most that a budget may have, in units of its measure: what can be counted to the millionth part. */
const MAX_BUDGET = 1_000_000_000;
const MAX_BUDGET_TOKENS = 1_000_000_000_000_000;

/** A model as `provider/model`, or the beginning of such names followed by `*`. */
export const ModelPattern = Type.String({
  pattern: "^[^*\\u0000-\\u001f\\u007f]{1,256}$|^[^*\\u0000-\\u001f\\u007f]{0,255}\\*$",
  maxLength: 256,
  description: "`provider/model`, or the beginning of such names followed by `*`",
});

export const BudgetBody = Type.Object(
  {
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 100, format: TEXT })),
    for: Type.Object(
      {
        kind: Type.Enum([...BUDGET_SUBJECTS]),
        id: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 256,
            description:
              "The one person (id), API key (id), project (slug), asking plugin (id) or model (or pattern). Without: each of them, for itself",
          }),
        ),
      },
      strict,
    ),
    of: Type.Enum([...BUDGET_MEASURES], { description: "What is counted" }),
    amount: Type.Number({
      minimum: 0,
      maximum: MAX_BUDGET_TOKENS,
      description: `Tokens and requests are whole; a cost has up to six decimals and is ${MAX_BUDGET} at the most`,
    }),
    per: Type.Enum([...BUDGET_PERIODS], { description: "Of UTC; `total` never begins anew" }),
  },
  strict,
);
export type BudgetBody = Static<typeof BudgetBody>;

/** What can be changed of a budget: what is used of it stays used. */
export const BudgetChangeBody = Type.Object(
  { title: BudgetBody.properties.title, amount: BudgetBody.properties.amount },
  strict,
);
export type BudgetChangeBody = Static<typeof BudgetChangeBody>;

const BudgetUse = Type.Object({
  id: Type.String({ description: "Of whom it is: as in `for.id`; empty for the organization" }),
  name: Type.Optional(Type.String({ description: "Of a person or an API key that is still there" })),
  used: Type.Number(),
  reserved: Type.Number({ description: "By calls that are under way" }),
  left: Type.Number({ description: "What is neither used nor reserved" }),
});

export const BudgetDto = Type.Object({
  id: Type.String(),
  ...BudgetBody.properties,
  currency: Type.Optional(Type.String({ description: "Of a cost" })),
  startedAt: Type.Optional(Time),
  startsAnewAt: Type.Optional(Type.String({ description: "RFC 3339; absent for a total" })),
  use: Type.Array(BudgetUse, {
    description: "In the period that is running: those who have used or reserved the most, 100 of them",
  }),
  revision: Type.String({ description: "For `If-Match` of a change" }),
});
export type BudgetDto = Static<typeof BudgetDto>;

const Price = Type.Number({
  minimum: 0,
  maximum: 10_000,
  description: "For a million tokens, with up to six decimals",
});
export const ModelPricesBody = Type.Object(
  {
    currency: Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" }),
    prices: Type.Array(
      Type.Object(
        {
          model: ModelPattern,
          input: Price,
          cachedInput: Type.Optional(
            Type.Number({ minimum: 0, maximum: 10_000, description: "As `input` unless given" }),
          ),
          output: Price,
        },
        strict,
      ),
      { maxItems: 1_000, description: "The one whose name or pattern says the most holds" },
    ),
  },
  strict,
);
export type ModelPricesBody = Static<typeof ModelPricesBody>;

/** By what usage is told apart. `asker`: the plugin that asked a model; `plugin`: the one that provides it. */
export const USAGE_DIMENSIONS = [
  "model",
  "plugin",
  "asker",
  "person",
  "key",
  "project",
  "day",
  "hour",
] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

const Counts = {
  requests: Type.Integer(),
  failures: Type.Integer({ description: "Of these" }),
  inputTokens: Type.Integer({ description: "As providers told, with those from caches" }),
  cachedInputTokens: Type.Integer({ description: "Of these" }),
  outputTokens: Type.Integer({ description: "As providers told, with reasoning" }),
  reasoningTokens: Type.Integer({ description: "Of these" }),
  estimatedInputTokens: Type.Integer({ description: "On top, where a provider did not tell" }),
  estimatedOutputTokens: Type.Integer({ description: "On top, where a provider did not tell" }),
  cost: Type.Union([Type.Number(), Type.Null()], {
    description: "Of all requests whose cost is known; null where it is of none",
  }),
  unpricedRequests: Type.Integer({ description: "Whose cost is not known: their models had no price" }),
};

export const UsageRowDto = Type.Object({
  model: Type.Optional(Type.String()),
  plugin: Type.Optional(Type.String()),
  asker: Type.Optional(orNull(Type.String())),
  person: Type.Optional(orNull(Type.String({ description: "Id" }))),
  key: Type.Optional(orNull(Type.String({ description: "Id" }))),
  project: Type.Optional(orNull(Type.String())),
  day: Type.Optional(Type.String({ description: "Such as 2026-11-30, of UTC" })),
  hour: Type.Optional(Type.String({ description: "RFC 3339" })),
  name: Type.Optional(Type.String({ description: "Of the person, or else the key, that is still there" })),
  ...Counts,
});
export type UsageRowDto = Static<typeof UsageRowDto>;

export const UsageDto = Type.Object({
  from: Time,
  to: Time,
  by: Type.Array(Type.Enum([...USAGE_DIMENSIONS]), { description: "What tells the rows apart" }),
  currency: Type.String(),
  total: Type.Object(Counts),
  items: Type.Array(UsageRowDto),
  isCut: Type.Boolean({ description: "There are more rows than are told: ask for less time, or filter" }),
});
export type UsageDto = Static<typeof UsageDto>;

export const UsageQuery = Type.Object(
  {
    from: Type.Optional(
      Type.String({ maxLength: 40, description: "RFC 3339; 30 days before `to` unless given" }),
    ),
    to: Type.Optional(Type.String({ maxLength: 40, description: "RFC 3339; now unless given" })),
    by: Type.Optional(
      Type.String({
        maxLength: 40,
        description: `One or two of ${USAGE_DIMENSIONS.join(", ")}, with a comma between; \`day\` unless given`,
      }),
    ),
    model: Type.Optional(Type.String({ maxLength: 256 })),
    plugin: Type.Optional(Type.String({ maxLength: 100 })),
    asker: Type.Optional(Type.String({ maxLength: 100 })),
    person: Type.Optional(Id),
    key: Type.Optional(Id),
    project: Type.Optional(Type.String({ maxLength: 63 })),
  },
  strict,
);
export type UsageQuery = Static<typeof UsageQuery>;
