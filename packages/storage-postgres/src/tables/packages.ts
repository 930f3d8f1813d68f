import type { KeyRevocation, ObtainedFrom, Offer, Provenance, PublisherKey } from "@patchbay/core";
import type { Badge, Manifest, PackageSource } from "@patchbay/protocol";
import type { ColumnType } from "kysely";
import type { CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface Packages {
  id: string;
  organizationId: string | null;
  pluginId: string;
  version: string;
  /** `versionKey(version)`: sorts bytewise as versions do. */
  versionKey: string;
  prerelease: boolean;
  digest: string;
  sizeBytes: number;
  scriptDigest: string | null;
  uiDigest: string | null;
  readmeDigest: string | null;
  changelogDigest: string | null;
  iconDigest: string | null;
  iconType: string | null;
  manifest: Json<Manifest>;
  category: string;
  source: PackageSource;
  badge: Badge;
  /** What a search looks through, in lower case. */
  searchText: string;
  /** The text of signature.json. */
  signature: string | null;
  provenance: JsonOrNull<Provenance>;
  /** null for a version that was admitted before versions had one. */
  seal: string | null;
  origin: JsonOrNull<ObtainedFrom>;
  broughtFor: readonly string[] | null;
  createdAt: CreatedAt;
}

interface Offers {
  organizationId: string | null;
  source: Offer["source"];
  place: string;
  pluginId: string;
  version: string;
  /** `versionKey(version)` */
  versionKey: string;
  badge: Badge;
  digest: string | null;
  /** A bigint, which `pg` reads as text. */
  sizeBytes: ColumnType<string | null, number | null, number | null>;
  manifest: JsonOrNull<Manifest>;
  yanked: string | null;
  publishedAt: Date;
  seenAt: Date;
}

interface SourceTokens {
  organizationId: string;
  source: "github";
  sealed: string;
}

interface PublisherKeys {
  publisher: string;
  keyId: string;
  publicKey: string;
  endorsement: JsonOrNull<NonNullable<PublisherKey["endorsement"]>>;
  revokedAt: Date | null;
  revokedReason: KeyRevocation["reason"] | null;
  learnedFrom: string;
  learnedAt: Date;
  seal: string;
  /** Counts up: the order in which they were learned. */
  place: ColumnType<string, never, never>;
}

interface Artifacts {
  digest: string;
  /** When somebody said last that it will be needed. */
  claimedAt: Date;
}

/** Packages, where they came from, and whose keys are known. */
export interface PackageTables {
  packages: Packages;
  artifacts: Artifacts;
  offers: Offers;
  sourceTokens: SourceTokens;
  publisherKeys: PublisherKeys;
}
