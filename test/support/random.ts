import { onTestFailed } from "vitest";

/** Repeats the moments of a run that failed. */
const SEED_VARIABLE = "PATCHBAY_TEST_SEED";
const MODULUS = 2 ** 32;

export interface Random {
  /** From 0 up to 1. */
  next(): number;
  pick<T>(of: readonly T[]): T;
}

/** Numbers of a linear congruential generator; when the running test fails, its output names the seed. */
export const seededRandom = (): Random => {
  const seed = Number(process.env[SEED_VARIABLE] ?? Date.now()) % MODULUS;
  onTestFailed(() => {
    process.stderr.write(`The random moments were those of ${SEED_VARIABLE}=${seed}.\n`);
  });
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / MODULUS;
  };
  return { next, pick: <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T };
};
