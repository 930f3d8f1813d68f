import { expect, it } from "vitest";
import { size } from "./size.ts";

it("says bytes, kilobytes or megabytes, whichever is read best", () => {
  expect([0, 1, 999, 1_000, 12_345, 999_949, 999_950, 52_428_800, 2_000_000_000].map(size)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "12.3 kB",
    "999.9 kB",
    "1.0 MB",
    "52.4 MB",
    "2000.0 MB",
  ]);
});
