import type { UsageDimension } from "@patchbay/protocol";

/** Whose a use of a model is, of which model, and in which currency its cost is known. */
export interface ModelUseKey {
  readonly organizationId: string;
  /** The hour of UTC in which it ended. */
  readonly hour: Date;
  /** `provider/model`. */
  readonly model: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** The plugin that asked. */
  readonly asker: string | null;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  /** Slug. */
  readonly project: string | null;
  /** Null: the model has no price, the cost is not known. */
  readonly currency: string | null;
}

/** What is counted of uses. What no provider told is estimated, and counted apart. */
export interface ModelUseCounts {
  readonly requests: number;
  /** Of these. */
  readonly failures: number;
  readonly inputTokens: number;
  /** Of these. */
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** Of these. */
  readonly reasoningTokens: number;
  readonly estimatedInputTokens: number;
  readonly estimatedOutputTokens: number;
  /** In millionths of the currency. */
  readonly costMicros: number;
}

export interface ModelUse extends ModelUseKey, ModelUseCounts {}

/** Whose uses somebody may see: everybody's, or their own and those for certain projects. */
export type UsageSight = "all" | { readonly userId: string; readonly projects: readonly string[] };

export interface ModelUsageQuery {
  /** The hours that begin from here on, and before there. */
  readonly from: Date;
  readonly to: Date;
  readonly by: readonly UsageDimension[];
  readonly where: Readonly<Partial<Record<Exclude<UsageDimension, "day" | "hour">, string>>>;
  readonly sight: UsageSight;
  /** In which costs are told. */
  readonly currency: string;
  readonly limit: number;
}

/** One group of uses: by what was asked, and the sums. */
export interface ModelUsageRow extends Omit<ModelUseCounts, "costMicros"> {
  readonly by: Readonly<Partial<Record<UsageDimension, string | null>>>;
  /** Of the person, or else the key, as far as it is still there. */
  readonly name: string | null;
  /** Null: of none of them it is known in the currency. */
  readonly costMicros: number | null;
  /** Whose cost is not known in the currency. */
  readonly unpricedRequests: number;
}

/** Accounts of what models were used for, by the hour. */
export interface ModelUsageStore {
  /** Adds to what is there. What is of an organization that is gone is left out. */
  add(uses: readonly ModelUse[]): Promise<void>;
  /** In the order of time, then the most tokens first. */
  report(organizationId: string, query: ModelUsageQuery): Promise<readonly ModelUsageRow[]>;
  removeBefore(hour: Date): Promise<void>;
}
