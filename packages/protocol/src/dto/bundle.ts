import Type, { type Static } from "typebox";
import { MAX_ARCHIVE_BYTES, MAX_BUNDLE_PACKAGES } from "../limits.ts";
import { PluginId, Semver } from "../manifest.ts";
import { LockFileDto } from "./lock.ts";
import { VersionDto } from "./plugins.ts";
import { RegistryPublisherDto } from "./registry.ts";

const strict = { additionalProperties: false } as const;
const Chosen = Type.Object({ plugin: PluginId, version: Semver }, strict);

/** `bundle.json`, the first file of a bundle. The packages follow it as `packages/DIGEST.zip`. */
export const BundleManifestDto = Type.Object(
  {
    bundleVersion: Type.Literal(1),
    /** What the bundle was made for; everything else in it is what these need. */
    roots: Type.Array(Chosen, { maxItems: MAX_BUNDLE_PACKAGES }),
    packages: Type.Array(
      Type.Object(
        {
          ...Chosen.properties,
          digest: Type.String({ pattern: "^[0-9a-f]{64}$" }),
          sizeBytes: Type.Integer({ minimum: 1, maximum: MAX_ARCHIVE_BYTES }),
        },
        strict,
      ),
      { maxItems: MAX_BUNDLE_PACKAGES },
    ),
    /** Who signed them, as the deployment knew it that made the bundle. */
    publishers: Type.Optional(Type.Array(RegistryPublisherDto, { maxItems: MAX_BUNDLE_PACKAGES })),
    lock: Type.Optional(LockFileDto),
  },
  strict,
);
export type BundleManifestDto = Static<typeof BundleManifestDto>;

/** What a bundle is to hold; without `plugins` all that is installed and does not come with Patchbay itself. */
export const BundleBody = Type.Object(
  {
    plugins: Type.Optional(
      Type.Array(Type.Object({ plugin: PluginId, version: Type.Optional(Semver) }, strict), {
        minItems: 1,
        maxItems: MAX_BUNDLE_PACKAGES,
      }),
    ),
    lock: Type.Optional(Type.Boolean({ description: "Put the organization's lock file in, too" })),
  },
  strict,
);
export type BundleBody = Static<typeof BundleBody>;

/** What came with a bundle. */
export const ImportedBundleDto = Type.Object({
  packages: Type.Array(VersionDto),
  roots: Type.Array(Type.Object({ plugin: Type.String(), version: Type.String() })),
  lock: Type.Optional(LockFileDto),
});
export type ImportedBundleDto = Static<typeof ImportedBundleDto>;
