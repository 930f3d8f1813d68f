import { createHash } from "node:crypto";
import { canonicalJson, PatchbayError } from "@patchbay/protocol";

/** Names a state by its content: two readers of the same see the same. Hex, 32 characters. */
export const revisionOf = (state: unknown): string =>
  createHash("sha256")
    .update(canonicalJson(JSON.parse(JSON.stringify(state))))
    .digest("hex")
    .slice(0, 32);

/** The revisions of which somebody has read one, when they say so. */
export type SeenRevisions = readonly string[] | undefined;

/** Throws `revision_changed`, with both states, unless the state is still one that was read. */
export const requireRevision = (seen: SeenRevisions, current: unknown, sent: unknown): void => {
  const revision = revisionOf(current);
  if (seen === undefined || seen.includes(revision)) return;
  throw new PatchbayError(
    "revision_changed",
    "Somebody else has changed this since you read it. Nothing was changed.",
    { facts: { current, sent, revision } },
  );
};
