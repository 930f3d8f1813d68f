import type {
  BlockedDto,
  OsvDto,
  PluginCategory,
  RegistryBadge,
  RegistryDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySearchDto,
} from "@patchbay/protocol";

export interface MarketplaceQuery {
  readonly q?: string;
  readonly category?: PluginCategory;
  readonly badge?: RegistryBadge;
  readonly publisher?: string;
  readonly sort?: "relevance" | "installs" | "updated";
  readonly limit: number;
  readonly cursor?: string;
}

/** What was promised of a package's bytes. */
export interface PromisedArtifact {
  readonly plugin: string;
  readonly version: string;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Texts and the picture that a marketplace shows of a version. */
export type MarketplacePart = "readme" | "changelog" | "icon";

/**
 * A registry elsewhere, or a static copy of one. Documents have the shape that they should and manifests are valid; whether what
 * they say is true is another question. Every method throws `marketplace_unavailable` when it does not answer in time, and
 * `marketplace_invalid` when the answer is not what it should be.
 */
export interface Marketplace {
  /** Stands for it in what is stored; the address, without a slash at its end. */
  readonly key: string;
  /** What people see: as it calls itself, or its host while it has not been heard of. */
  readonly name: string;
  readonly url: string;
  /** What is kept in memory is asked for anew from now on: somebody wants to know what there is at this moment. */
  expire(): void;
  /** Asked for each time, or a few seconds ago: it tells whether the marketplace answers. */
  describe(): Promise<RegistryDto>;
  search(query: MarketplaceQuery): Promise<RegistrySearchDto>;
  /**
   * null: it has no such plugin. Versions whose manifest is not valid here, as those of a later Patchbay, are left out. The
   * same object comes back while nothing has changed.
   */
  package(pluginId: string): Promise<RegistryPackageDto | null>;
  publisher(publisher: string): Promise<RegistryPublisherDto | null>;
  advisories(): Promise<readonly OsvDto[]>;
  blocklist(): Promise<readonly BlockedDto[]>;
  /** Writes the package's bytes to a new file at `path`; they are as promised when this resolves. */
  fetchArtifact(promised: PromisedArtifact, path: string, signal?: AbortSignal): Promise<void>;
  /** null: there is none. Bounded in size, otherwise unchecked. */
  part(pluginId: string, version: string, part: MarketplacePart): Promise<Buffer | null>;
}
