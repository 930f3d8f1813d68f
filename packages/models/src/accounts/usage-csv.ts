import type { UsageDto } from "@patchbay/protocol";

/** After what tells the rows apart. */
const COUNTS = [
  "requests",
  "failures",
  "inputTokens",
  "cachedInputTokens",
  "outputTokens",
  "reasoningTokens",
  "estimatedInputTokens",
  "estimatedOutputTokens",
  "cost",
  "unpricedRequests",
] as const;

/** A report as RFC 4180 has tables. What is not known is an empty field. */
export const usageCsv = ({ by, items, currency }: UsageDto): string => {
  const names = by.includes("person") || by.includes("key") ? (["name"] as const) : [];
  const columns = [...by, ...names, ...COUNTS];
  const lines = [
    [...columns, "currency"],
    ...items.map((row) => [...columns.map((name) => row[name] ?? ""), currency]),
  ];
  return lines.map((line) => `${line.map(cellOf).join(",")}\r\n`).join("");
};

/** Programs that show tables take a text that begins like this for something to compute. */
const FORMULA = /^[=+\-@\t\r]/;

const cellOf = (value: string | number): string => {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
