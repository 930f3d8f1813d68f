/** Bytes before the numbers: what one step is worth, as a float of 32 bits, lowest byte first. */
const SCALE_BYTES = 4;
/** The largest number of steps. */
const STEPS = 127;
/** A shorter vector is what rounding leaves of a text that says nothing. */
const SHORTEST = 1e-9;

/** A vector of length 1 as whole steps of one byte: how near two are hardly differs from what all digits give. */
export interface PackedVector {
  readonly steps: Int8Array;
  readonly scale: number;
}

/** Empty for a vector that points nowhere. */
export const packVector = (numbers: readonly number[]): Uint8Array => {
  let square = 0;
  let largest = 0;
  for (const number of numbers) {
    square += number * number;
    largest = Math.max(largest, Math.abs(number));
  }
  const length = Math.sqrt(square);
  if (!(length > SHORTEST) || !Number.isFinite(length)) return new Uint8Array();
  const bytes = new Uint8Array(SCALE_BYTES + numbers.length);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, largest / STEPS / length, true);
  for (const [place, number] of numbers.entries())
    view.setInt8(SCALE_BYTES + place, Math.round((number / largest) * STEPS));
  return bytes;
};

/** null for one that points nowhere. */
export const unpackVector = (bytes: Uint8Array): PackedVector | null => {
  if (bytes.length <= SCALE_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const steps = new Int8Array(bytes.buffer, bytes.byteOffset + SCALE_BYTES, bytes.length - SCALE_BYTES);
  return { steps, scale: view.getFloat32(0, true) };
};
