/** Where a package came from. */
export const PACKAGE_SOURCES = [
  "builtin",
  "marketplace",
  "github",
  "upload",
  "directory",
  "bundle",
  "bridge",
] as const;
export type PackageSource = (typeof PACKAGE_SOURCES)[number];

/** Who stands behind a package; what people bring themselves is private. */
export const BADGES = ["builtin", "official", "partner", "community", "private"] as const;
export type Badge = (typeof BADGES)[number];

/** Those that a registry gives. */
export const REGISTRY_BADGES = ["official", "partner", "community"] as const;
