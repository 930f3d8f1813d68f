import type { KeptResponse } from "@patchbay/core";
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

/** What models have answered. */
export interface ModelTables {
  keptResponses: KeptResponses;
  keptResponseUsage: KeptResponseUsage;
}
