import {
  contributedFiles,
  type FieldError,
  isGrantable,
  isWithin,
  MAX_MANIFEST_BYTES,
  type Manifest,
  type ManifestRules,
  PatchbayError,
  type PermissionName,
  parseJson,
  requestsOf,
  ungrantable,
  validateManifest,
} from "@patchbay/protocol";

/** The fields of a manifest that name a file of the package. */
const FILE_FIELDS = ["main", "ui", "icon"] as const;

/**
 * Parses and checks `plugin.json`. Throws `manifest_invalid` with all faults, or `entry_missing` for a file that the manifest names and the package lacks.
 */
export function checkManifest(
  bytes: Buffer,
  hasFile: (path: string) => boolean,
  rules?: ManifestRules,
): Manifest {
  const parsed = parseJson(bytes, { maxBytes: MAX_MANIFEST_BYTES });
  if (!parsed.ok) throw invalid([{ pointer: "", message: `The file ${parsed.error}.` }]);
  const result = validateManifest(parsed.value, rules);
  if (!result.ok) throw invalid(result.error);
  const manifest = result.value;
  for (const field of FILE_FIELDS) {
    const path = manifest[field];
    if (path !== undefined && !hasFile(path)) throw missingFile(field, path);
  }
  for (const { path, field } of contributedFiles(manifest))
    if (!hasFile(path)) throw missingFile(field, path);
  return manifest;
}

/** Refuses a manifest by its size alone, before it is read into memory. */
export function checkManifestSize(size: number): void {
  if (size <= MAX_MANIFEST_BYTES) return;
  const limit = MAX_MANIFEST_BYTES / 1024;
  throw invalid([{ pointer: "", message: `The file has ${size} bytes; ${limit} KiB are allowed.` }]);
}

/** Whether the plugin supports this version of Patchbay by its own word, and requires nothing that it does not have. */
export function supportsEngine(manifest: Manifest, patchbayVersion: string): boolean {
  return isVersionSupported(manifest, patchbayVersion) && lackingPermissions(manifest).length === 0;
}

/**
 * Throws `engine_mismatch` unless the plugin says that it supports this version of Patchbay, and `permission_unavailable` when it
 * requires what this version does not have.
 */
export function checkEngine(manifest: Manifest, patchbayVersion: string): void {
  const lacking = lackingPermissions(manifest);
  const range = manifest.engines.patchbay;
  if (isVersionSupported(manifest, patchbayVersion)) {
    if (lacking.length === 0) return;
    throw ungrantable(`${manifest.id} ${manifest.version} requires`, lacking);
  }
  throw new PatchbayError(
    "engine_mismatch",
    `${manifest.id} ${manifest.version} supports Patchbay ${range}; this is ${patchbayVersion}. ` +
      "Choose another version of the plugin, or update Patchbay.",
    { facts: { supported: range, version: patchbayVersion } },
  );
}

const isVersionSupported = ({ engines }: Manifest, patchbayVersion: string): boolean =>
  isWithin(patchbayVersion, engines.patchbay, { prereleases: true });

const lackingPermissions = (manifest: Manifest): PermissionName[] =>
  requestsOf(manifest)
    .required.map(({ name }) => name)
    .filter((name) => !isGrantable(name));

function invalid(errors: readonly FieldError[]): PatchbayError {
  const [first] = errors;
  const where =
    first === undefined ? "" : `${first.pointer === "" ? "" : ` at ${first.pointer}`}: ${first.message}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return new PatchbayError("manifest_invalid", `plugin.json is not valid${where}${more}`, { errors });
}

const missingFile = (field: string, path: string) =>
  new PatchbayError(
    "entry_missing",
    `plugin.json names ${JSON.stringify(path)} as "${field}", but the package has no such file. ` +
      "Build the plugin before packing it.",
    { facts: { entry: path, field } },
  );
