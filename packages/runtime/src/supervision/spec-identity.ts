import type { PluginSpec } from "@patchbay/core";

const known = new WeakMap<PluginSpec, string>();

/** The same text for specs that say the same in every field: an instance runs one of them, and none that differs. */
export const identityOf = (spec: PluginSpec): string => {
  const found = known.get(spec);
  if (found !== undefined) return found;
  const identity = JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));
  known.set(spec, identity);
  return identity;
};
