import { isJsonObject } from "./json.ts";

/** JSON in which equal values have equal texts: the names of objects are sorted. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(",")}}`;
};

/** Whether `value` is a whole multiple of `of`, as the numbers are written: 4.35 is one of 0.01. */
export const isMultiple = (value: number, of: number): boolean => {
  const [a, b] = [decimal(value), decimal(of)];
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return b.digits !== 0n && scaled(a) % scaled(b) === 0n;
};

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const decimal = (value: number): Decimal => {
  const [, whole = "0", fraction = "", exponent = "0"] =
    /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? [];
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
};
