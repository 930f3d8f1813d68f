import { PatchbayError } from "@patchbay/protocol";

const DIGEST = /^[0-9a-f]{64}$/;

export const isDigest = (text: string): boolean => DIGEST.test(text);

/** The digest itself. Throws a TypeError at anything else, since it becomes a part of paths. */
export const requireDigest = (digest: string): string => {
  if (!isDigest(digest)) throw new TypeError("A digest is a SHA-256 in lower-case hex.");
  return digest;
};

export const missingArtifact = (digest: string, cause?: unknown): PatchbayError =>
  new PatchbayError("artifact_missing", `The artifact store has no ${digest}.`, { cause });

export const corruptArtifact = (digest: string, cause?: unknown): PatchbayError =>
  new PatchbayError("artifact_corrupt", `The bytes of artifact ${digest} are not those that belong to it.`, {
    cause,
  });

export const isCorrupt = (error: unknown): boolean =>
  error instanceof PatchbayError && error.code === "artifact_corrupt";
