/** Text of a search parameter; absent when it is not text, or empty. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
