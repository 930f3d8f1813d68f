const ROUND_STEPS = [1, 2, 2.5, 5, 10];

/** The marks of an axis from 0 to a round number not below `highest`, in `parts` equal steps. */
export const marksUpTo = (highest: number, parts: number): number[] => {
  const step = highest <= 0 ? 1 : roundStep(highest / parts);
  return Array.from({ length: parts + 1 }, (_, index) => index * step);
};

/** The smallest round number that is no less. */
const roundStep = (atLeast: number): number => {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return (ROUND_STEPS.find((factor) => factor * power >= atLeast) ?? 10) * power;
};
