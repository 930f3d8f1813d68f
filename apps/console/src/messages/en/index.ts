import { first } from "./first.ts";
import { later } from "./later.ts";

/** The messages, by namespace. Every other catalog has the same. */
export const en = { ...first, ...later } as const;
