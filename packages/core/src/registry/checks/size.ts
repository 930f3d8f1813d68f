import { type PackageCheck, review, warning } from "./check.ts";
import { HUGE_PACKAGE_BYTES, LARGE_PACKAGE_BYTES } from "./limits.ts";

const MB = 1_000_000;

/** Everything that is published is kept for ever and fetched by everybody. */
export const size: PackageCheck = {
  name: "size",
  run: ({ packageFile: { archiveBytes, unpackedBytes } }) => [
    ...(archiveBytes > LARGE_PACKAGE_BYTES
      ? [warning(`The package has ${(archiveBytes / MB).toFixed(1)} MB. Leave out what is not used.`)]
      : []),
    ...(unpackedBytes > HUGE_PACKAGE_BYTES
      ? [review(`The package unpacks to ${(unpackedBytes / MB).toFixed(0)} MB.`)]
      : []),
  ],
};
