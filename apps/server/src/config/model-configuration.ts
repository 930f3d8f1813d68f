import { type Patience, UPSTREAM_PATIENCE } from "@patchbay/models";
import { ConfigurationError } from "./configuration-error.ts";

const MAX_SECONDS = 3_600;

/** How long the servers of models are waited for, of which the longest answers take an hour. Throws `ConfigurationError`. */
export const readPatience = (environment: Readonly<Record<string, string | undefined>>): Patience => {
  const { firstMs, silenceMs, wholeMs } = UPSTREAM_PATIENCE;
  const read = (variable: string, byItselfMs: number): number => {
    const text = environment[variable];
    if (text === undefined || text === "") return byItselfMs;
    if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= MAX_SECONDS) return Number(text) * 1_000;
    throw new ConfigurationError(
      variable,
      `"${text}" is not a whole number of seconds from 1 to ${MAX_SECONDS}`,
      String(byItselfMs / 1_000),
    );
  };
  return {
    firstMs: read("PATCHBAY_MODEL_FIRST_SECONDS", firstMs),
    silenceMs: read("PATCHBAY_MODEL_SILENCE_SECONDS", silenceMs),
    wholeMs: read("PATCHBAY_MODEL_ANSWER_SECONDS", wholeMs),
  };
};
