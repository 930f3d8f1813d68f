import {
  actorOf,
  authorize,
  type Database,
  type ModelPrices,
  type Principal,
  requireRevision,
  type SeenRevisions,
} from "@patchbay/core";
import { type ModelPricesBody, PatchbayError } from "@patchbay/protocol";
import { amountOf, microsOf } from "./costs.ts";
import { sameName } from "./model-patterns.ts";

/** What models cost an organization. */
export class PriceLists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** For those who set plugins up. Throws `forbidden` and `organization_not_found`. */
  async get(principal: Principal, slug: string): Promise<ModelPricesBody> {
    const { organization } = authorize(principal, slug, "org.plugins.configure");
    return toBody(await this.#database.modelBudgets.rules(organization.id));
  }

  /**
   * Replaces all of them, for what is asked from now on. For owners and administrators. Throws `revision_changed` when they are not those
   * that were seen, `invalid_request` for a model that stands there twice, for prices with more than six decimals, and for another currency
   * while there are budgets in this one.
   */
  async put(
    principal: Principal,
    slug: string,
    body: ModelPricesBody,
    seen?: SeenRevisions,
  ): Promise<ModelPricesBody> {
    const { organization } = authorize(principal, slug, "org.members.write");
    const prices = toPrices(body);
    return await this.#database.transaction(async (stores) => {
      await stores.modelBudgets.lock(organization.id);
      const rules = await stores.modelBudgets.rules(organization.id);
      const before = toBody(rules);
      const after = toBody(prices);
      requireRevision(seen, before, after);
      if (prices.currency !== rules.currency && rules.budgets.some(({ measure }) => measure === "cost"))
        throw refuse(
          "/currency",
          `There are budgets of costs in ${rules.currency}: delete them before you set another currency.`,
        );
      if (JSON.stringify(before) === JSON.stringify(after)) return after;
      await stores.modelBudgets.setPrices(organization.id, prices);
      await stores.audit.append({
        organizationId: organization.id,
        actor: actorOf(principal),
        action: "prices.changed",
        pluginId: null,
        detail: changesOf(before, after),
      });
      return after;
    });
  }
}

const toPrices = ({ currency, prices }: ModelPricesBody): ModelPrices => {
  const seen = new Set<string>();
  return {
    currency,
    prices: prices.map(({ model, input, cachedInput = input, output }, place) => {
      const name = sameName(model);
      if (seen.has(name)) throw refuse(`/prices/${place}/model`, `"${model}" stands there twice.`);
      seen.add(name);
      const microsAt = (field: string, amount: number): number => {
        const micros = microsOf(amount);
        if (micros !== null) return micros;
        throw refuse(`/prices/${place}/${field}`, "A price has at most six decimals.");
      };
      return {
        model,
        inputMicros: microsAt("input", input),
        cachedInputMicros: microsAt("cachedInput", cachedInput),
        outputMicros: microsAt("output", output),
      };
    }),
  };
};

const toBody = ({ currency, prices }: ModelPrices): ModelPricesBody => ({
  currency,
  prices: prices.map(({ model, inputMicros, cachedInputMicros, outputMicros }) => ({
    model,
    input: amountOf(inputMicros),
    cachedInput: amountOf(cachedInputMicros),
    output: amountOf(outputMicros),
  })),
});

/** Only those that are not as before, so that the history does not have long lists of prices that are. */
const changesOf = (before: ModelPricesBody, after: ModelPricesBody) => {
  const known = (list: ModelPricesBody) => new Set(list.prices.map((price) => JSON.stringify(price)));
  const [had, has] = [known(before), known(after)];
  const others = (list: ModelPricesBody, than: ReadonlySet<string>) => ({
    currency: list.currency,
    prices: list.prices.filter((price) => !than.has(JSON.stringify(price))),
  });
  return { before: others(before, has), after: others(after, had) };
};

const refuse = (pointer: string, message: string): PatchbayError =>
  new PatchbayError("invalid_request", message, { errors: [{ pointer, message }] });
