import { hash } from "node:crypto";
import {
  type ArtifactStore,
  type Change,
  type Database,
  ReadThroughCache,
  type RegistryListing,
  type RegistryQuery,
  type RegistryVersion,
} from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import {
  ARTIFACTS_BYTES,
  DOCUMENT_AGE_MS,
  DOCUMENTS_BYTES,
  MAX_HELD_ARTIFACT_BYTES,
  SEARCHES_BYTES,
} from "./limits.ts";
import { toRegistryPackageDto, toRegistryPublisherDto, toRegistrySummaryDto } from "./registry-views.ts";

/** A document of the registry as it is sent. */
export interface RegistryDocument {
  readonly body: Buffer;
  readonly etag: string;
  readonly readAt: number;
}

export interface PackageDocument extends RegistryDocument {
  readonly listing: RegistryListing;
  readonly versions: ReadonlyMap<string, RegistryVersion>;
}

const ETAG_CHARACTERS = 32;
/** The objects that a package's document is made of weigh about as much again. */
const OBJECTS_FACTOR = 2;

/**
 * What the registry answers, held in memory until it changes on any node. Thousands of clients ask for the same few documents
 * and artifacts.
 */
export class RegistryDocuments {
  readonly #database: Database;
  readonly #packages: ReadThroughCache<PackageDocument>;
  readonly #documents: ReadThroughCache<RegistryDocument>;
  readonly #searches: ReadThroughCache<RegistryDocument>;
  readonly #held: ReadThroughCache<Buffer>;

  constructor(database: Database, artifacts: ArtifactStore) {
    this.#database = database;
    const scales = { weigh: ({ body }: RegistryDocument) => body.length };
    this.#packages = new ReadThroughCache((plugin) => this.#readPackage(plugin), DOCUMENTS_BYTES, {
      weigh: ({ body }) => body.length * OBJECTS_FACTOR,
    });
    this.#documents = new ReadThroughCache((path) => this.#read(path), DOCUMENTS_BYTES, scales);
    this.#searches = new ReadThroughCache((query) => this.#search(query), SEARCHES_BYTES, scales);
    this.#held = new ReadThroughCache((digest) => artifacts.read(digest), ARTIFACTS_BYTES, {
      weigh: ({ length }) => length,
    });
  }

  /** Throws `package_not_found`. */
  async package(plugin: string): Promise<PackageDocument> {
    return await fresh(this.#packages, plugin);
  }

  /** Throws `package_not_found`. */
  async version(plugin: string, version: string): Promise<RegistryVersion> {
    const found = (await this.package(plugin)).versions.get(version);
    if (found !== undefined) return found;
    throw new PatchbayError("package_not_found", `The registry has no version ${version} of "${plugin}".`);
  }

  /** Throws `publisher_not_found`. */
  async publisher(publisher: string): Promise<RegistryDocument> {
    return await fresh(this.#documents, `publishers/${publisher}`);
  }

  async advisories(): Promise<RegistryDocument> {
    return await fresh(this.#documents, "advisories");
  }

  async blocklist(): Promise<RegistryDocument> {
    return await fresh(this.#documents, "blocklist");
  }

  async search(query: RegistryQuery): Promise<RegistryDocument> {
    return await fresh(this.#searches, JSON.stringify(query));
  }

  /** The bytes if they are small enough to be held in memory; null when they are to be read from the store. */
  async artifact({ digest, sizeBytes }: { digest: string; sizeBytes: number }): Promise<Buffer | null> {
    if (sizeBytes > MAX_HELD_ARTIFACT_BYTES) return null;
    return await this.#held.get(digest);
  }

  /** A part of a package that is read as it is. Throws `artifact_missing` or `artifact_corrupt`. */
  async part(digest: string): Promise<Buffer> {
    return await this.#held.get(digest);
  }

  /** Something changed on any node. */
  forget(change: Change): void {
    if (change.kind === "everything") {
      for (const cache of [this.#packages, this.#documents, this.#searches]) cache.clear();
      return;
    }
    if (change.kind === "registry") this.changed(change.id);
  }

  /** The document at this path is not as it was. */
  changed(path: string): void {
    this.#documents.invalidate(path);
    if (!path.startsWith("packages/")) return;
    const plugin = path.slice("packages/".length);
    this.#packages.invalidate(plugin);
    this.#documents.invalidate(`publishers/${plugin.slice(0, plugin.indexOf("."))}`);
    this.#searches.clear();
  }

  async #readPackage(plugin: string): Promise<PackageDocument> {
    const { packages } = this.#database.registry;
    const [listing, versions] = await Promise.all([packages.find(plugin), packages.listVersions(plugin)]);
    if (listing === null)
      throw new PatchbayError("package_not_found", `The registry has no plugin "${plugin}".`);
    return {
      ...documentOf(toRegistryPackageDto(listing, versions)),
      listing,
      versions: new Map(versions.map((version) => [version.manifest.version, version])),
    };
  }

  async #read(path: string): Promise<RegistryDocument> {
    const { notices } = this.#database.registry;
    if (path === "advisories") return documentOf({ items: await notices.listAdvisories() });
    if (path === "blocklist") return documentOf({ items: await notices.listBlocks() });
    return await this.#readPublisher(path.slice("publishers/".length));
  }

  async #readPublisher(publisher: string): Promise<RegistryDocument> {
    const { publishers, packages } = this.#database.registry;
    const [found, keys, own] = await Promise.all([
      publishers.find(publisher),
      publishers.listKeys(publisher),
      packages.listOfPublisher(publisher),
    ]);
    if (found === null)
      throw new PatchbayError("publisher_not_found", `The registry has no publisher "${publisher}".`);
    return documentOf(toRegistryPublisherDto(found, keys, own));
  }

  async #search(query: string): Promise<RegistryDocument> {
    const found = await this.#database.registry.packages.search(JSON.parse(query) as RegistryQuery);
    return documentOf({ ...found, items: found.items.map(toRegistrySummaryDto) });
  }
}

export const documentOf = (value: unknown): RegistryDocument => {
  const body = Buffer.from(JSON.stringify(value));
  return {
    body,
    etag: `"${hash("sha256", body, "hex").slice(0, ETAG_CHARACTERS)}"`,
    readAt: performance.now(),
  };
};

/** From memory, unless it lies there too long already. */
const fresh = async <Document extends RegistryDocument>(
  cache: ReadThroughCache<Document>,
  key: string,
): Promise<Document> => {
  const held = cache.peek(key);
  if (held !== undefined && performance.now() - held.readAt > DOCUMENT_AGE_MS) cache.invalidate(key);
  return await cache.get(key);
};
