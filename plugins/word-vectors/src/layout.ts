/**
 * How vectors are packed: for each word, by frequency, a byte that says how long its largest number is, as a share of the largest of
 * all, and then its numbers, two in a byte, the first in the lower half. Each is a count of steps, `STEPS` for zero.
 */
export const DIMENSIONS = 100;
export const STEPS = 7;
export const STRONGEST = 255;
export const WORD_BYTES = 1 + DIMENSIONS / 2;
