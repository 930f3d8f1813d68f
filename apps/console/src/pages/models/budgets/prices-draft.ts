import type { Revised } from "@patchbay/api-client";
import type { ModelPricesBody } from "@patchbay/protocol";

/** A price as it is edited: undefined for nothing, a text for what is no number yet. */
type Entered = number | string | undefined;

export interface Price {
  readonly model: string;
  readonly input: Entered;
  /** Nothing: as `input`. */
  readonly cachedInput: Entered;
  readonly output: Entered;
}

export interface Prices {
  readonly currency: string;
  readonly prices: readonly Price[];
}

export const NO_PRICE: Price = { model: "", input: undefined, cachedInput: undefined, output: undefined };

/** As they are edited: tokens from caches that cost what others do say nothing of their own. */
export const pricesOf = ({ currency, prices }: Revised<ModelPricesBody>): Prices => ({
  currency,
  prices: prices.map(({ model, input, cachedInput, output }) => ({
    model,
    input,
    cachedInput: cachedInput === input ? undefined : cachedInput,
    output,
  })),
});

/** As the server takes them. What is no number keeps the form from being sent, so that there is none by then. */
export const pricesBodyOf = ({ currency, prices }: Prices): ModelPricesBody => ({
  currency: currency.trim().toUpperCase(),
  prices: prices.map(({ model, input, cachedInput, output }) => ({
    model: model.trim(),
    input: Number(input),
    ...(cachedInput !== undefined && { cachedInput: Number(cachedInput) }),
    output: Number(output),
  })),
});
