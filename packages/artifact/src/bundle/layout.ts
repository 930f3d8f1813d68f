/** Where things are in a bundle. */
export const BUNDLE_MANIFEST = "bundle.json";

export const packagePath = (digest: string): string => `packages/${digest}.zip`;
