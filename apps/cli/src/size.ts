const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;
/** From here on kilobytes would be rounded to a thousand of them. */
const SHOWN_AS_MEGABYTES = 999_950;

/** A number of bytes for people, in decimal units: `512 bytes`, `12.3 kB`, `4.0 MB`. */
export const size = (bytes: number): string => {
  if (bytes < KILOBYTE) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return bytes < SHOWN_AS_MEGABYTES
    ? `${(bytes / KILOBYTE).toFixed(1)} kB`
    : `${(bytes / MEGABYTE).toFixed(1)} MB`;
};
