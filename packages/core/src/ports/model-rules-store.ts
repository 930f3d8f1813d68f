/** Another name for models, in the order in which they are asked. */
export interface ModelAlias {
  /** How requests name it. One that is a model's own name says who answers when that model cannot. */
  readonly name: string;
  /** `provider/model` each. The first is asked, the others when those before them fail. */
  readonly models: readonly string[];
}

/** What an organization has decided about the models that it asks. */
export interface ModelRules {
  /** A model or an alias, for requests that name `default` or none; null: the first that there is. */
  readonly defaultModel: string | null;
  /** `provider/model`, or what it begins with and `*`. */
  readonly allowed: "all" | readonly string[];
  readonly aliases: readonly ModelAlias[];
  /** How often a model is asked again that failed for a moment. */
  readonly retries: number;
  /** The model that embeds memories of plugins; null: English word vectors, where the organization has them. */
  readonly memoryModel: string | null;
}

/** Of organizations that have decided nothing. */
export const DEFAULT_MODEL_RULES: ModelRules = {
  defaultModel: null,
  allowed: "all",
  aliases: [],
  retries: 2,
  memoryModel: null,
};

/** What organizations have decided about models. */
export interface ModelRulesStore {
  /** null: nothing. */
  find(organizationId: string): Promise<ModelRules | null>;
  put(organizationId: string, rules: ModelRules): Promise<void>;
}
