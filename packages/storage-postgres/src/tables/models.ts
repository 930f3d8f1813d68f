import type { KeptResponse, ModelRules as Rules } from "@patchbay/core";
import type { ColumnType, Generated } from "kysely";
import type { Json } from "./columns.ts";

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

/** What models have answered, and what is decided about them. */
export interface ModelTables {
  keptResponses: KeptResponses;
  keptResponseUsage: KeptResponseUsage;
  modelRules: ModelRules;
}
