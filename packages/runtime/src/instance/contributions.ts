import type { PluginSpec } from "@patchbay/core";
import { disagreements, type FoundContributions, PatchbayError, serverKindOf } from "@patchbay/protocol";

/** The fault when the code does not define what the manifest lists; undefined when they agree. */
export const contributionsFault = (
  spec: PluginSpec,
  found: FoundContributions,
): PatchbayError | undefined => {
  const differing = disagreements(spec.contributes, found);
  if (differing.length === 0) return undefined;
  const sentences = differing.flatMap(({ kind, missing, unlisted }) => {
    const { many } = serverKindOf(kind).words;
    return [
      ...(missing.length > 0
        ? [`The manifest lists ${many} that the code does not define: ${missing.join(", ")}.`]
        : []),
      ...(unlisted.length > 0
        ? [`The code defines ${many} that the manifest does not list: ${unlisted.join(", ")}.`]
        : []),
    ];
  });
  return new PatchbayError("contributions_mismatch", `${sentences.join(" ")} Pack the plugin again.`, {
    facts: {
      missing: differing.flatMap(({ missing }) => missing),
      unlisted: differing.flatMap(({ unlisted }) => unlisted),
    },
  });
};
