import type { ModelPrice } from "@patchbay/core";
import type { UsedTokens } from "./used-tokens.ts";

/** Prices are for so many tokens, and money is counted in so many parts of a unit of the currency. */
const TOKENS_A_PRICE = 1_000_000n;
const MICROS = 1_000_000;

/** In millionths of the currency, rounded once, half up. */
export const costOf = ({ input, cachedInput, output }: UsedTokens, price: ModelPrice): number => {
  const parts =
    BigInt(input - cachedInput) * BigInt(price.inputMicros) +
    BigInt(cachedInput) * BigInt(price.cachedInputMicros) +
    BigInt(output) * BigInt(price.outputMicros);
  return Number((parts + TOKENS_A_PRICE / 2n) / TOKENS_A_PRICE);
};

/** An amount of money as people write it, in millionths; null for one with more than six decimals. */
export const microsOf = (amount: number): number | null => {
  const micros = Math.round(amount * MICROS);
  return Number.isSafeInteger(micros) && micros / MICROS === amount ? micros : null;
};

/** Millionths as people write them. */
export const amountOf = (micros: number): number => micros / MICROS;
