import { isJsonObject } from "@patchbay/protocol";

/** Of a text, so much is looked at for signs of Markdown. */
const MAX_LOOKED_AT = 20_000;
const SIGNS = [
  /^#{1,6} \S/m,
  /^```/m,
  /^\|[^\n]*\|[ \t]*\n\|[ :|-]+\|/m,
  /^(?:[-*+] \S[^\n]*\n){2}/m,
  /\[[^\]\n]{1,200}\]\(https?:\/\/[^)\s]{1,500}\)/,
  /(?:^|\s)\*\*\S[^*\n]{0,200}\*\*/,
];

/** Whether a text is written in Markdown, as far as that can be told. Mere paragraphs read the same either way. */
export const isMarkdown = (text: string): boolean => {
  const beginning = text.slice(0, MAX_LOOKED_AT);
  return SIGNS.some((sign) => sign.test(beginning));
};

/** Points of a chart: fewer say nothing, more are not told apart. */
const MIN_POINTS = 3;
const MAX_POINTS = 500;
/** Series that are told apart by their colours. */
const MAX_SERIES = 4;

export interface Plot {
  /** One for each point. */
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** A list of numbers, or of flat objects with numbers, as what a chart shows; null for anything else. `name` is that of a list without names. */
export const plotOf = (values: readonly unknown[], name: string): Plot | null => {
  if (values.length < MIN_POINTS || values.length > MAX_POINTS) return null;
  const numbers = (label: string): string[] => values.map((_, index) => `${label}${index + 1}`);
  if (values.every(isAmount)) return { labels: numbers(""), series: [{ name, values }] };
  if (!values.every(isJsonObject)) return null;
  const names = Object.keys(values[0] ?? {});
  const measured = names.filter((one) =>
    values.every((row) => Object.hasOwn(row, one) && isAmount(row[one])),
  );
  const label = names.find((one) => values.every((row) => typeof row[one] === "string"));
  // Numbers that count the rows, as ids do, are no measure.
  if (measured.length === 0 || measured.length > MAX_SERIES || label === undefined) return null;
  return {
    labels: values.map((row) => String(row[label])),
    series: measured.map((one) => ({ name: one, values: values.map((row) => row[one] as number) })),
  };
};

/** What a chart that begins at nought can show. */
const isAmount = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

/** Pictures that browsers draw and that run nothing; by the type that the plugin says. */
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
/** Larger ones are only saved. */
const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** The type as which a file of an answer can be shown as a picture; null where it cannot. */
export const imageTypeOf = ({
  type,
  content,
}: {
  readonly type: string;
  readonly content: { readonly size: number };
}): string | null =>
  IMAGES.find((one) => one === type.toLowerCase() && content.size <= MAX_IMAGE_BYTES) ?? null;
