import type { BlockedDto, Manifest, OsvDto, PublisherKeyDto, RegistryBadge } from "@patchbay/protocol";
import type { Actor } from "./audit-store.ts";
import type { PackageVersion, Page } from "./catalog-store.ts";

/** How it is known that a publisher is who the name says. */
export interface PublisherProof {
  readonly kind: "dns" | "well-known" | "operator";
  readonly domain?: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface RegistryPublisher {
  readonly publisher: string;
  readonly name: string;
  readonly url: string | null;
  /** Who made it; null once that person is gone. */
  readonly ownerId: string | null;
  /** What a domain has to say to prove that it belongs to the publisher. */
  readonly challenge: string;
  readonly proofs: readonly PublisherProof[];
  readonly createdAt: Date;
}

export interface PublisherToken {
  readonly id: string;
  readonly publisher: string;
  readonly name: string;
  /** The first characters, by which people tell tokens apart. */
  readonly prefix: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Who may publish, and with which keys. */
export interface RegistryPublisherStore {
  /** Throws `already_exists`. */
  create(publisher: Omit<RegistryPublisher, "createdAt">): Promise<RegistryPublisher>;
  find(publisher: string): Promise<RegistryPublisher | null>;
  /** Within a transaction: whoever else holds it waits until its end. What is added to a publisher is held against what it has. */
  hold(publisher: string): Promise<void>;
  listOwned(ownerId: string): Promise<RegistryPublisher[]>;
  /** Adds a proof in place of an older one of the same kind and domain. */
  addProof(publisher: string, proof: PublisherProof): Promise<void>;
  /** Oldest first. */
  listKeys(publisher: string): Promise<PublisherKeyDto[]>;
  /** Throws `already_exists`. */
  addKey(publisher: string, key: Omit<PublisherKeyDto, "revoked">): Promise<void>;
  /** False when the publisher has no such key, or it is revoked already with a reason as grave. */
  revokeKey(publisher: string, keyId: string, revoked: PublisherKeyDto["revoked"] & {}): Promise<boolean>;
  createToken(
    token: Omit<PublisherToken, "createdAt"> & {
      readonly tokenHash: string;
      /** Id of the API key with which it goes; null when a person made it. */
      readonly madeByKey: string | null;
    },
  ): Promise<PublisherToken>;
  listTokens(publisher: string): Promise<PublisherToken[]>;
  deleteToken(publisher: string, id: string): Promise<boolean>;
  /** null when there is none, or `now` is past its end. */
  findToken(tokenHash: string, now: Date): Promise<PublisherToken | null>;
}

/** What a registry keeps of one version. */
export interface RegistryVersion
  extends Pick<PackageVersion, "digest" | "sizeBytes" | "readmeDigest" | "changelogDigest" | "icon"> {
  readonly manifest: Manifest;
  /** Id of the key that signed it; null for an unsigned one. */
  readonly signedBy: string | null;
  /** Why it is not to be chosen any more; null while it is. */
  readonly yanked: string | null;
  readonly publishedAt: Date;
}

export interface RegistryPackage {
  readonly plugin: string;
  readonly publisher: string;
  readonly badge: RegistryBadge;
  /** The newest version that is no pre-release and not yanked, if there is one. */
  readonly latest: string;
  readonly installs: number;
  readonly deprecated: { readonly message: string; readonly successor?: string } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A package as a list shows it, with what its newest version says of itself. */
export interface RegistryListing extends RegistryPackage {
  readonly name: string;
  readonly description: string;
  readonly author: Manifest["author"];
  readonly category: string;
  readonly keywords: readonly string[];
  readonly license: string | null;
  readonly hasIcon: boolean;
}

export interface RegistryQuery {
  readonly q?: string;
  readonly category?: string;
  readonly badge?: RegistryBadge;
  readonly publisher?: string;
  readonly sort: "relevance" | "installs" | "updated";
  readonly limit: number;
  readonly cursor?: string;
}

export interface RegistrySearch extends Page<RegistryListing> {
  /** Counted up to a bound, which says "at least so many" when it is reached. */
  readonly total: number;
  readonly facets: {
    readonly category: Readonly<Record<string, number>>;
    readonly badge: Readonly<Record<string, number>>;
  };
}

/** Published packages. */
export interface RegistryPackageStore {
  /**
   * Adds a version, and its package with the first one. The same bytes again come back with `created: false`; throws
   * `version_exists` for others. To be called in a transaction.
   */
  addVersion(
    version: Omit<RegistryVersion, "publishedAt" | "yanked">,
    badge: RegistryBadge,
  ): Promise<{ created: boolean }>;
  find(plugin: string): Promise<RegistryListing | null>;
  /** Newest semver first. */
  listVersions(plugin: string): Promise<RegistryVersion[]>;
  findVersion(plugin: string, version: string): Promise<RegistryVersion | null>;
  search(query: RegistryQuery): Promise<RegistrySearch>;
  /** All packages by id, for an index. */
  listPage(limit: number, after?: string): Promise<RegistryListing[]>;
  listOfPublisher(publisher: string): Promise<string[]>;
  /** The most installed packages of everybody but `publisher`. */
  listPopular(publisher: string, limit: number): Promise<PopularPackage[]>;
  /** `reason` null takes it back. False when there is no such version. To be called in a transaction. */
  setYanked(plugin: string, version: string, reason: string | null): Promise<boolean>;
  setDeprecated(plugin: string, deprecated: RegistryPackage["deprecated"]): Promise<boolean>;
  setBadge(plugin: string, badge: RegistryBadge): Promise<boolean>;
  addInstalls(counts: ReadonlyMap<string, number>): Promise<void>;
}

export interface PopularPackage {
  readonly plugin: string;
  readonly name: string;
  readonly installs: number;
  readonly badge: RegistryBadge;
}

/** Something that a check has to say of a package. */
export interface Finding {
  /** Name of the check. */
  readonly check: string;
  /** `error` rejects the package, `review` holds it back until somebody has looked, `warning` is for its author to know. */
  readonly level: "error" | "review" | "warning";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

export type SubmissionState = "passed" | "quarantined" | "rejected" | "released" | "refused";

/** A package that somebody wanted to publish, and what became of it. */
export interface RegistrySubmission {
  readonly id: string;
  readonly publisher: string;
  readonly plugin: string;
  readonly version: string;
  readonly digest: string;
  readonly state: SubmissionState;
  readonly findings: readonly Finding[];
  /** What is needed to publish it later; null unless it is quarantined. */
  readonly held: Omit<RegistryVersion, "publishedAt" | "yanked"> | null;
  readonly decidedBy: Actor | null;
  readonly reason: string | null;
  readonly createdAt: Date;
}

export interface RegistrySubmissionStore {
  create(
    submission: Omit<RegistrySubmission, "id" | "createdAt" | "decidedBy" | "reason">,
  ): Promise<RegistrySubmission>;
  find(id: string): Promise<RegistrySubmission | null>;
  /** The one that waits for a decision with this version and these bytes. */
  findHeld(plugin: string, version: string, digest: string): Promise<RegistrySubmission | null>;
  /** Newest first. */
  list(query: {
    publisher?: string;
    state?: SubmissionState;
    limit: number;
    cursor?: string;
  }): Promise<Page<RegistrySubmission>>;
  /** Throws `submission_decided` unless it is quarantined. */
  decide(
    id: string,
    decision: {
      readonly state: "released" | "refused";
      readonly decidedBy: Actor;
      readonly reason: string | null;
    },
  ): Promise<RegistrySubmission>;
}

/** What is wrong with packages: advisories and blocks. */
export interface RegistryNoticeStore {
  /** `publisher` null: the operator's. */
  putAdvisory(advisory: OsvDto, publisher: string | null): Promise<void>;
  findAdvisory(id: string): Promise<{ advisory: OsvDto; publisher: string | null } | null>;
  /** Latest change first. */
  listAdvisories(): Promise<OsvDto[]>;
  countAdvisories(publisher: string): Promise<number>;
  /** Replaces the block of the same plugin and range. */
  putBlock(block: Omit<BlockedDto, "at">): Promise<BlockedDto>;
  removeBlock(plugin: string, versions: string): Promise<boolean>;
  /** Newest first. */
  listBlocks(): Promise<BlockedDto[]>;
}

/** The registry that this deployment is: its rows belong to no organization. */
export interface RegistryStore {
  readonly publishers: RegistryPublisherStore;
  readonly packages: RegistryPackageStore;
  readonly submissions: RegistrySubmissionStore;
  readonly notices: RegistryNoticeStore;
}
