import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Marketplace, PromisedArtifact } from "@patchbay/core";
import {
  type BlockedDto,
  compareVersions,
  type OsvDto,
  PatchbayError,
  type RegistryPackageDto,
  type RegistryPublisherDto,
  type RegistryVersionDto,
} from "@patchbay/protocol";
import { makePackage, manifestOf, type PluginSource } from "../../support/packages.ts";

const AT = "2026-01-01T00:00:00Z";

/** A registry elsewhere, as far as it answers: what a test puts into it. */
export class MemoryMarketplace implements Marketplace {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly known: OsvDto[] = [];
  readonly blocked: BlockedDto[] = [];
  readonly publishers = new Map<string, RegistryPublisherDto>();
  /** Plugins whose bytes were fetched, in order. */
  readonly fetched: string[] = [];
  /** Does not answer while it is so. */
  isAway = false;
  /** What it sends instead of what it promised. */
  sends: ((promised: PromisedArtifact) => Uint8Array) | null = null;
  readonly #packages = new Map<string, RegistryPackageDto>();
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(name: string) {
    this.name = name;
    this.url = `https://${name}.example/registry/v1`;
    this.key = this.url;
  }

  /** As if it were new; what it has published stays. */
  reset(): void {
    this.isAway = false;
    this.sends = null;
    for (const list of [this.fetched, this.known, this.blocked]) list.splice(0);
  }

  async publish(source: PluginSource, more: Partial<RegistryVersionDto> = {}): Promise<void> {
    const bytes = await makePackage(source);
    const digest = createHash("sha256").update(bytes).digest("hex");
    this.#bytes.set(digest, bytes);
    const manifest = manifestOf(source) as unknown as RegistryVersionDto["manifest"];
    const version: RegistryVersionDto = {
      version: manifest.version,
      digest,
      sizeBytes: bytes.length,
      publishedAt: AT,
      hasReadme: false,
      hasChangelog: false,
      manifest,
      ...more,
    };
    const before = this.#packages.get(source.id)?.versions ?? [];
    const versions = [version, ...before.filter((one) => one.version !== version.version)].toSorted(
      (one, other) => compareVersions(other.version, one.version),
    );
    this.#packages.set(source.id, {
      plugin: source.id,
      name: manifest.name,
      description: manifest.description,
      author: manifest.author,
      category: manifest.category,
      keywords: [],
      badge: "community",
      publisher: source.id.slice(0, source.id.indexOf(".")),
      latest: versions[0]?.version ?? manifest.version,
      installs: 0,
      updatedAt: AT,
      createdAt: AT,
      hasIcon: false,
      versions,
    });
  }

  expire(): void {
    // Nothing is kept.
  }

  async describe() {
    this.#requireAnswer();
    return { protocol: 1, name: this.name, search: "server" } as const;
  }

  async search() {
    this.#requireAnswer();
    const items = [...this.#packages.values()];
    return { items, total: items.length, facets: { category: {}, badge: {} } };
  }

  async package(pluginId: string): Promise<RegistryPackageDto | null> {
    this.#requireAnswer();
    return this.#packages.get(pluginId) ?? null;
  }

  async publisher(publisher: string): Promise<RegistryPublisherDto | null> {
    this.#requireAnswer();
    return this.publishers.get(publisher) ?? null;
  }

  async advisories(): Promise<readonly OsvDto[]> {
    this.#requireAnswer();
    return this.known;
  }

  async blocklist(): Promise<readonly BlockedDto[]> {
    this.#requireAnswer();
    return this.blocked;
  }

  async fetchArtifact(promised: PromisedArtifact, path: string): Promise<void> {
    this.#requireAnswer();
    this.fetched.push(`${promised.plugin} ${promised.version}`);
    const bytes = this.sends?.(promised) ?? this.#bytes.get(promised.digest);
    if (bytes === undefined) throw new PatchbayError("marketplace_invalid", "It has no such artifact.");
    await writeFile(path, bytes);
  }

  async part(): Promise<null> {
    return null;
  }

  #requireAnswer(): void {
    if (this.isAway) throw new PatchbayError("marketplace_unavailable", `${this.name} does not answer.`);
  }
}
