import type { BudgetBody, BudgetChangeBody, BudgetDto, ModelPricesBody } from "@patchbay/protocol";
import type { Revised, Transport } from "./transport.ts";

/** What may be used of models, and what they cost. Changes are for owners and administrators. */
export class BudgetsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** With what is used of them. */
  list(): Promise<BudgetDto[]> {
    return this.#transport.items(this.#path);
  }

  get(budget: string): Promise<BudgetDto> {
    return this.#transport.json("GET", this.#pathOf(budget));
  }

  create(body: BudgetBody): Promise<BudgetDto> {
    return this.#transport.json("POST", this.#path, { body });
  }

  /** Title and amount. `seen` is the revision that was read, with or without quotes; throws `revision_changed` when it is no longer there. */
  change(budget: string, body: BudgetChangeBody, seen?: string): Promise<BudgetDto> {
    return this.#transport.json("PUT", this.#pathOf(budget), { body, seen });
  }

  async delete(budget: string): Promise<void> {
    await this.#transport.nothing("DELETE", this.#pathOf(budget));
  }

  /** For a million tokens. */
  prices(): Promise<Revised<ModelPricesBody>> {
    return this.#transport.revised("GET", this.#prices);
  }

  /** Replaces all of them, for what is asked from now on. Throws `revision_changed` when `seen` is no longer there. */
  putPrices(body: ModelPricesBody, seen?: string): Promise<Revised<ModelPricesBody>> {
    return this.#transport.revised("PUT", this.#prices, { body, seen });
  }

  #pathOf(budget: string): string {
    return `${this.#path}/${encodeURIComponent(budget)}`;
  }

  get #path(): string {
    return `${this.#transport.organization}/budgets`;
  }

  get #prices(): string {
    return `${this.#transport.organization}/model-prices`;
  }
}
