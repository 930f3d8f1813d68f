import { inexactNumber } from "../number-text.ts";

/** What a text of JSON says: undefined for nothing; `fault` when it says nothing that could be kept as it stands. */
export type ReadJson =
  | { readonly value: unknown; readonly fault: null }
  /** `number` is the one that would lose digits. */
  | { readonly fault: "notJson" | "jsonInexact"; readonly number: string };

export const readJson = (text: string): ReadJson => {
  if (text.trim() === "") return { value: undefined, fault: null };
  try {
    const value = JSON.parse(text) as unknown;
    const number = inexactNumber(text);
    return number === undefined ? { value, fault: null } : { fault: "jsonInexact", number };
  } catch {
    return { fault: "notJson", number: "" };
  }
};

export const writeJson = (value: unknown): string =>
  value === undefined ? "" : (JSON.stringify(value, null, 2) ?? "");
