import type { Actor, PublisherProof, RegistrySubmission } from "@patchbay/core";
import type { Manifest, OsvDto, PublisherKeyDto, RegistryBadge } from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface RegistryPublishers {
  publisher: string;
  name: string;
  url: string | null;
  ownerId: string | null;
  challenge: string;
  proofs: Json<readonly PublisherProof[]>;
  createdAt: CreatedAt;
}

interface RegistryPublisherKeys {
  publisher: string;
  keyId: string;
  publicKey: string;
  endorsement: JsonOrNull<PublisherKeyDto["endorsement"] & {}>;
  revoked: JsonOrNull<PublisherKeyDto["revoked"] & {}>;
  createdAt: Date;
}

interface RegistryTokens {
  id: string;
  publisher: string;
  name: string;
  prefix: string;
  tokenHash: string;
  createdAt: CreatedAt;
  expiresAt: Date | null;
  madeByKey: string | null;
}

interface RegistryPackages {
  pluginId: string;
  publisher: string;
  badge: RegistryBadge;
  latest: string;
  name: string;
  description: string;
  author: Json<Manifest["author"]>;
  category: string;
  keywords: Json<readonly string[]>;
  license: string | null;
  hasIcon: boolean;
  /** A bigint, which `pg` reads as text. */
  installs: Generated<string>;
  deprecated: JsonOrNull<{ readonly message: string; readonly successor?: string }>;
  createdAt: CreatedAt;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
  /** Keywords and author, for searches. */
  searchKeywords: string;
  foldedName: ColumnType<string, never, never>;
  popularity: ColumnType<number, never, never>;
}

interface RegistryVersions {
  pluginId: string;
  version: string;
  versionKey: string;
  prerelease: boolean;
  digest: string;
  sizeBytes: number;
  readmeDigest: string | null;
  changelogDigest: string | null;
  iconDigest: string | null;
  iconType: string | null;
  signedBy: string | null;
  yanked: string | null;
  manifest: Json<Manifest>;
  publishedAt: ColumnType<Date, Date | undefined, never>;
}

interface RegistrySubmissions {
  id: Counter;
  publisher: string;
  pluginId: string;
  version: string;
  digest: string;
  state: RegistrySubmission["state"];
  findings: Json<RegistrySubmission["findings"]>;
  held: JsonOrNull<RegistrySubmission["held"] & {}>;
  heldDigests: string[];
  decidedBy: JsonOrNull<Actor>;
  reason: string | null;
  createdAt: CreatedAt;
}

interface RegistryAdvisories {
  id: string;
  publisher: string | null;
  document: Json<OsvDto>;
  modified: Date;
}

interface RegistryBlocks {
  pluginId: string;
  versions: string;
  reason: string;
  at: ColumnType<Date, never, Date>;
}

/** The registry that this server is for others. */
export interface RegistryTables {
  registryPublishers: RegistryPublishers;
  registryPublisherKeys: RegistryPublisherKeys;
  registryTokens: RegistryTokens;
  registryPackages: RegistryPackages;
  registryVersions: RegistryVersions;
  registrySubmissions: RegistrySubmissions;
  registryAdvisories: RegistryAdvisories;
  registryBlocks: RegistryBlocks;
}
