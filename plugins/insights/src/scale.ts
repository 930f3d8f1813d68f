/** A round number not below `value` that divides into `steps` round parts: the top of an axis. */
export const niceTop = (value: number, steps: number): number => {
  if (value <= 0) return steps;
  const rough = value / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough - Number.EPSILON) ?? 10;
  return step * power * steps;
};

/** `0` and the ends of the `steps` parts of an axis up to `top`. */
export const ticks = (top: number, steps: number): number[] =>
  Array.from({ length: steps + 1 }, (_, index) => (top / steps) * index);
