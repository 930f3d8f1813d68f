import type {
  HookDecision,
  KeptResponse,
  ModelPrice,
  ModelUseKey,
  ModelRules as Rules,
} from "@patchbay/core";
import type { BudgetMeasure, BudgetPeriod, BudgetSubjectKind } from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Counter, CreatedAt, Json } from "./columns.ts";

interface KeptResponses {
  id: string;
  organizationId: string;
  userId: string;
  project: string | null;
  previousId: string | null;
  model: string;
  response: Json<KeptResponse["response"]>;
  input: Json<KeptResponse["input"]>;
  output: Json<KeptResponse["output"]>;
  /** Of all three, and of input and output. */
  bytes: number;
  turnBytes: number;
  createdAt: ColumnType<Date, Date, never>;
  usedAt: Generated<Date>;
}

/** What each person keeps in an organization, as the database counts it. */
interface KeptResponseUsage {
  organizationId: string;
  userId: string;
  responses: ColumnType<number, never, never>;
  bytes: ColumnType<string, never, never>;
}

interface ModelRules {
  organizationId: string;
  rules: Json<Rules>;
}

interface MessageHooks {
  organizationId: string;
  hooks: Json<readonly HookDecision[]>;
}

interface ModelUsage extends ModelUseKey {
  requests: Counter;
  failures: Counter;
  inputTokens: Counter;
  cachedInputTokens: Counter;
  outputTokens: Counter;
  reasoningTokens: Counter;
  estimatedInputTokens: Counter;
  estimatedOutputTokens: Counter;
  costMicros: Counter;
}

interface ModelPriceLists {
  organizationId: string;
  currency: string;
  prices: Json<readonly ModelPrice[]>;
}

interface ModelBudgets {
  id: string;
  organizationId: string;
  title: string | null;
  subjectKind: BudgetSubjectKind;
  subjectId: string | null;
  measure: BudgetMeasure;
  period: BudgetPeriod;
  /** `pg` reads a bigint as text. */
  amount: ColumnType<string, number, number>;
  createdAt: CreatedAt;
}

interface ModelBudgetCounts {
  budgetId: string;
  subject: string;
  startsAt: Date;
  used: Counter;
}

interface ModelBudgetHolds extends Omit<ModelBudgetCounts, "used"> {
  /** The process. */
  holder: string;
  reserved: Counter;
}

/** What models have answered, what that took, what it may take, and what is decided about them. */
export interface ModelTables {
  modelUsage: ModelUsage;
  modelPrices: ModelPriceLists;
  modelBudgets: ModelBudgets;
  modelBudgetCounts: ModelBudgetCounts;
  modelBudgetHolds: ModelBudgetHolds;
  keptResponses: KeptResponses;
  keptResponseUsage: KeptResponseUsage;
  modelRules: ModelRules;
  messageHooks: MessageHooks;
}
