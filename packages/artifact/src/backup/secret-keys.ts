import { createHash } from "node:crypto";

/** What tells a key from others and says nothing of it; hex, 16 characters. */
export const fingerprintOf = (key: Buffer): string =>
  createHash("sha256").update("fingerprint:").update(key).digest("hex").slice(0, 16);
