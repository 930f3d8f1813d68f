import { PatchbayError } from "@patchbay/protocol";

/** The schema has checked it already; this tells the compiler. */
export const requireOneOf = <T extends string>(known: readonly T[], value: string): T => {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw new PatchbayError("invalid_request", `"${value}" must be one of ${known.join(", ")}.`);
};
