/** One line of the benchmark's report: what was measured, here and in the peers of the same run. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** The median, unless `what` says otherwise. */
  readonly patchbay: number;
  readonly peers: Readonly<Record<string, number>>;
  /** What it should be, in words: "at most 10 ms". */
  readonly goal?: string;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The smallest value that this share of the values does not exceed. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(Math.floor(values.length * share), values.length - 1)] ??
  Number.NaN;
