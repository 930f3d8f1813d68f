import { type Manifest, PatchbayError } from "@patchbay/protocol";

/**
 * Everything that `plugin` needs, directly or through others, each after what it needs itself; `plugin` is the last.
 * Plugins that `manifestOf` does not know are passed over. Throws `dependency_cycle`.
 */
export const inOrder = (
  plugin: string,
  manifestOf: (plugin: string) => Manifest | undefined,
): readonly string[] => {
  const ordered = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw cycle([...path.slice(path.indexOf(id)), id]);
    const manifest = ordered.has(id) ? undefined : manifestOf(id);
    if (manifest === undefined) return;
    for (const needed of Object.keys(manifest.dependencies ?? {})) visit(needed, [...path, id]);
    ordered.add(id);
  };
  visit(plugin, []);
  return [...ordered];
};

const cycle = (circle: readonly string[]): PatchbayError =>
  new PatchbayError(
    "dependency_cycle",
    `These plugins need each other in a circle, so that none can come first: ${circle.join(" → ")}.`,
    { facts: { cycle: circle } },
  );
