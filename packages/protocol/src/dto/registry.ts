import Type, { type Static } from "typebox";
import type { ManifestSchema } from "../manifest.ts";
import { REGISTRY_BADGES } from "../package-sources.ts";

/**
 * What a registry answers under `/registry/v1`, and a static mirror of one holds as files. A client treats all of it as
 * hostile: shapes are checked on arrival, bytes against their digests, signatures against keys that it knows already.
 */

const Time = Type.String({ description: "RFC 3339", maxLength: 40 });
const Id = Type.String({ pattern: "^[a-z0-9][a-z0-9-]*\\.[a-z0-9][a-z0-9-]*$", maxLength: 128 });
const PublisherId = Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$", maxLength: 64 });
const Version = Type.String({ maxLength: 128 });
const Text = (maxLength: number) => Type.String({ maxLength });
const Digest = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256, hex" });
export const RegistryBadge = Type.Enum([...REGISTRY_BADGES]);
export type RegistryBadge = Static<typeof RegistryBadge>;

/** `registry.json`: how to talk to this registry. */
export const RegistryDto = Type.Object({
  protocol: Type.Literal(1),
  name: Text(200),
  /**
   * `server`: it answers `search`, and documents have no file extension. `index`: plain files; each document is at its path
   * plus `.json`, and `index.json` holds all packages to search in.
   */
  search: Type.Enum(["server", "index"]),
  generatedAt: Type.Optional(Time),
});
export type RegistryDto = Static<typeof RegistryDto>;

/** A package as a list shows it. */
export const RegistrySummaryDto = Type.Object({
  plugin: Id,
  name: Text(200),
  description: Text(2_000),
  author: Type.Object({ name: Text(200), url: Type.Optional(Text(2_000)), email: Type.Optional(Text(320)) }),
  category: Text(64),
  keywords: Type.Array(Text(64), { maxItems: 50 }),
  license: Type.Optional(Text(200)),
  badge: RegistryBadge,
  publisher: PublisherId,
  latest: Version,
  installs: Type.Integer({ minimum: 0 }),
  updatedAt: Time,
  hasIcon: Type.Boolean(),
  deprecated: Type.Optional(
    Type.Object(
      { message: Text(2_000), successor: Type.Optional(Id) },
      { description: "Not to be used anew" },
    ),
  ),
});
export type RegistrySummaryDto = Static<typeof RegistrySummaryDto>;

const Facet = Type.Record(Type.String(), Type.Integer({ minimum: 0 }));
/** `search?q=&category=&badge=&publisher=&sort=&limit=&cursor=` */
export const RegistrySearchDto = Type.Object({
  items: Type.Array(RegistrySummaryDto, { maxItems: 200 }),
  total: Type.Integer({ minimum: 0 }),
  facets: Type.Object({ category: Facet, badge: Facet }),
  cursor: Type.Optional(Text(1_024)),
});
export type RegistrySearchDto = Static<typeof RegistrySearchDto>;

/** `index.json` of a static mirror. */
export const RegistryIndexDto = Type.Object({ items: Type.Array(RegistrySummaryDto, { maxItems: 200_000 }) });
export type RegistryIndexDto = Static<typeof RegistryIndexDto>;

export const RegistryVersionDto = Type.Object({
  version: Version,
  digest: Digest,
  sizeBytes: Type.Integer({ minimum: 1 }),
  publishedAt: Time,
  yanked: Type.Optional(
    Type.Object(
      { reason: Text(2_000) },
      { description: "Not chosen any more; whoever names it still gets it" },
    ),
  ),
  signedBy: Type.Optional(Text(128)),
  hasReadme: Type.Boolean(),
  hasChangelog: Type.Boolean(),
  manifest: Type.Unsafe<Static<typeof ManifestSchema>>(Type.Record(Type.String(), Type.Unknown())),
});
export type RegistryVersionDto = Static<typeof RegistryVersionDto>;

/** `packages/ID`; versions newest first. Each has `…/versions/VERSION/{artifact,readme,changelog,icon}` below it. */
export const RegistryPackageDto = Type.Object({
  ...RegistrySummaryDto.properties,
  createdAt: Time,
  versions: Type.Array(RegistryVersionDto, { maxItems: 5_000 }),
});
export type RegistryPackageDto = Static<typeof RegistryPackageDto>;

/** An Ed25519 key of a publisher. A client that knows an older key takes a newer one only with that one's word for it. */
export const PublisherKeyDto = Type.Object({
  keyId: Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of the key's SPKI DER form, hex" }),
  publicKey: Type.String({ maxLength: 200, description: "SPKI in DER, base64" }),
  createdAt: Time,
  endorsement: Type.Optional(
    Type.Object(
      { keyId: Text(64), signature: Text(128) },
      { description: "Made by an older key of the same publisher over this one" },
    ),
  ),
  revoked: Type.Optional(
    Type.Object(
      { at: Time, reason: Type.Enum(["superseded", "compromised"]) },
      {
        description:
          "Nothing that it signs from then on counts; with `compromised`, nothing that it ever signed does",
      },
    ),
  ),
});
export type PublisherKeyDto = Static<typeof PublisherKeyDto>;

/** `publishers/ID` */
export const RegistryPublisherDto = Type.Object({
  publisher: PublisherId,
  name: Text(200),
  url: Type.Optional(Text(2_000)),
  proofs: Type.Array(
    Type.Object({
      kind: Type.Enum(["dns", "well-known", "operator"]),
      domain: Type.Optional(Text(253)),
      at: Time,
    }),
    { maxItems: 20, description: "How it is known to be who it says" },
  ),
  keys: Type.Array(PublisherKeyDto, { maxItems: 50 }),
  packages: Type.Array(Id, { maxItems: 10_000 }),
});
export type RegistryPublisherDto = Static<typeof RegistryPublisherDto>;

/** Which versions of a plugin an advisory is about. */
export const OsvAffectedDto = Type.Object({
  package: Type.Object({ ecosystem: Text(64), name: Text(128) }),
  ranges: Type.Optional(
    Type.Array(
      Type.Object({
        type: Text(16),
        events: Type.Array(
          Type.Object({
            introduced: Type.Optional(Version),
            fixed: Type.Optional(Version),
            last_affected: Type.Optional(Version),
          }),
          { maxItems: 200 },
        ),
      }),
      { maxItems: 50 },
    ),
  ),
  versions: Type.Optional(Type.Array(Version, { maxItems: 5_000 })),
});

/** An advisory in the OSV format (https://ossf.github.io/osv-schema/), as far as it is read here. */
export const OsvDto = Type.Object({
  schema_version: Type.Optional(Text(20)),
  id: Type.String({ minLength: 1, maxLength: 128 }),
  modified: Time,
  published: Type.Optional(Time),
  withdrawn: Type.Optional(Time),
  aliases: Type.Optional(Type.Array(Text(128), { maxItems: 50 })),
  summary: Type.Optional(Text(500)),
  details: Type.Optional(Text(20_000)),
  severity: Type.Optional(Type.Array(Type.Object({ type: Text(32), score: Text(200) }), { maxItems: 5 })),
  affected: Type.Array(OsvAffectedDto, { maxItems: 100 }),
  references: Type.Optional(Type.Array(Type.Object({ type: Text(32), url: Text(2_000) }), { maxItems: 50 })),
});
export type OsvDto = Static<typeof OsvDto>;
/** The ecosystem of Patchbay's plugins in an advisory. */
export const OSV_ECOSYSTEM = "Patchbay";

/** `advisories`: all that the registry knows, newest change first. */
export const RegistryAdvisoriesDto = Type.Object({ items: Type.Array(OsvDto, { maxItems: 10_000 }) });
export type RegistryAdvisoriesDto = Static<typeof RegistryAdvisoriesDto>;

/** A version that must not run anywhere. */
export const BlockedDto = Type.Object({
  plugin: Id,
  versions: Type.String({ maxLength: 500, description: "A semver range; * for all of them" }),
  reason: Type.String({ minLength: 1, maxLength: 2_000 }),
  at: Time,
});
export type BlockedDto = Static<typeof BlockedDto>;

/** `blocklist` */
export const RegistryBlocklistDto = Type.Object({ items: Type.Array(BlockedDto, { maxItems: 10_000 }) });
export type RegistryBlocklistDto = Static<typeof RegistryBlocklistDto>;
