import type { PluginSpec } from "@patchbay/core";
import { type FoundContributions, PatchbayError } from "@patchbay/protocol";

/** The fault when the code does not define the tools that the manifest lists; undefined when they agree. */
export const contributionsFault = (
  spec: PluginSpec,
  found: FoundContributions,
): PatchbayError | undefined => {
  const defined = new Set(found.tools.map(({ name }) => name));
  const listed = new Set(spec.tools);
  const missing = spec.tools.filter((name) => !defined.has(name));
  const unlisted = [...defined].filter((name) => !listed.has(name));
  if (missing.length === 0 && unlisted.length === 0) return undefined;
  const sentences = [
    ...(missing.length > 0
      ? [`The manifest lists tools that the code does not define: ${missing.join(", ")}.`]
      : []),
    ...(unlisted.length > 0
      ? [`The code defines tools that the manifest does not list: ${unlisted.join(", ")}.`]
      : []),
  ];
  return new PatchbayError("contributions_mismatch", `${sentences.join(" ")} Pack the plugin again.`, {
    facts: { missing, unlisted },
  });
};
