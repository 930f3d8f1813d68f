import type { DomainLog, ModelUsageStore, ModelUse, ModelUseCounts } from "@patchbay/core";
import { LEDGER_EVERY_MS, MAX_LEDGER_ROWS } from "../limits.ts";

const COUNTS = [
  "requests",
  "failures",
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "estimatedInputTokens",
  "estimatedOutputTokens",
  "costMicros",
] as const satisfies readonly (keyof ModelUseCounts)[];

/** Uses of models that wait to be written, together and at most once a second. */
export class Ledger {
  readonly #store: Pick<ModelUsageStore, "add">;
  readonly #log: Pick<DomainLog, "warn">;
  #rows = new Map<string, ModelUse>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(store: Pick<ModelUsageStore, "add">, log: Pick<DomainLog, "warn">) {
    this.#store = store;
    this.#log = log;
  }

  add(use: ModelUse): void {
    const row = this.#rowFor(use);
    const key = keyOf(row);
    const there = this.#rows.get(key);
    this.#rows.set(key, there === undefined ? row : sumOf(there, row));
    if (!this.#isClosed) this.#later();
  }

  /** Writes what waits. Never throws: what could not be written waits on. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#writing !== undefined) await this.#writing;
    if (this.#rows.size === 0) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  /** Names of models are the clients': when very many come at once, the provider alone is told. */
  #rowFor(use: ModelUse): ModelUse {
    if (this.#rows.size < MAX_LEDGER_ROWS || this.#rows.has(keyOf(use))) return use;
    return { ...use, model: `${use.model.slice(0, Math.max(0, use.model.indexOf("/")))}/*` };
  }

  #later(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), LEDGER_EVERY_MS);
    this.#timer.unref();
  }

  async #write(): Promise<void> {
    const rows = this.#rows;
    this.#rows = new Map();
    try {
      await this.#store.add([...rows.values()]);
    } catch (error) {
      this.#log.warn({ err: error }, "What models were used for could not be written yet.");
      for (const use of rows.values()) this.add(use);
    }
  }
}

const keyOf = (use: ModelUse): string =>
  JSON.stringify([
    ...[use.organizationId, use.hour.getTime(), use.model, use.plugin, use.asker],
    ...[use.userId, use.apiKeyId, use.project, use.currency],
  ]);

const sumOf = (one: ModelUse, other: ModelUse): ModelUse => {
  const sum: { -readonly [Name in keyof ModelUse]: ModelUse[Name] } = { ...one };
  for (const name of COUNTS) sum[name] = Math.min(one[name] + other[name], Number.MAX_SAFE_INTEGER);
  return sum;
};
