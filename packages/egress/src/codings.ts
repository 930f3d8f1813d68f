import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from "node:zlib";
import { holesOf } from "@patchbay/protocol/known-bad-runtimes";
import { MAX_ZSTD_WINDOW_LOG } from "./limits.ts";

/** Codings on top of each other. Nobody needs more than one. */
const MAX_CODINGS = 2;

const SMALL = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate } as const;
/** Codings whose decoders hold megabytes, as much as the sender says within a bound. */
const LARGE = {
  br: createBrotliDecompress,
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG } }),
} as const;
const DECODERS = { ...SMALL, ...LARGE } as const;

export type Coding = keyof typeof DECODERS;

/** Codings whose decoder of this very runtime has a hole: their bytes are handed on as they came. */
const closed: ReadonlySet<string> = new Set(
  holesOf(process.versions).some(({ component }) => component === "brotli") ? ["br"] : [],
);

/** What plugins' requests ask servers for when the plugin does not say: what is decoded. */
export const ACCEPTED_CODINGS = ["gzip", "deflate", "br", "zstd"]
  .filter((name) => !closed.has(name))
  .join(", ");
/** What the server's own requests ask for: what every server has, with small decoders. */
export const OWN_CODINGS = "gzip, deflate";

/** The codings of a body in the order in which they are undone; undefined when there is one that is not known. */
export const codingsOf = (contentEncoding: string | undefined): readonly Coding[] | undefined => {
  const codings = (contentEncoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity")
    .reverse();
  return codings.length <= MAX_CODINGS && codings.every(isKnown) ? codings : undefined;
};

export const hasLargeWindow = (coding: Coding): boolean => Object.hasOwn(LARGE, coding);

export const decoderOf = (coding: Coding) => DECODERS[coding]();

const isKnown = (coding: string): coding is Coding => Object.hasOwn(DECODERS, coding) && !closed.has(coding);
