import { isDeepStrictEqual } from "node:util";
import { PatchbayError } from "@patchbay/protocol";
import type { Authority } from "../../access/authority.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { PackageIntake } from "../catalog/package-intake.ts";
import { type PublisherKeys, publisherOf } from "../trust/publisher-keys.ts";
import type { Marketplaces } from "./marketplaces.ts";
import type { OfferedVersion } from "./offered-version.ts";

/** Lends the path of a file that does not exist yet, and removes what was written there. */
export type WithFile = <T>(work: (path: string) => Promise<T>) => Promise<T>;

type AdmittedContent = Pick<PackageVersion, "pluginId" | "version" | "digest" | "manifest">;

/** Brings what marketplaces offer into catalogs. */
export class PackageFetcher {
  readonly #marketplaces: Marketplaces;
  readonly #intake: PackageIntake;
  readonly #keys: PublisherKeys;
  readonly #withFile: WithFile;

  constructor(parts: {
    marketplaces: Marketplaces;
    intake: PackageIntake;
    keys: PublisherKeys;
    withFile: WithFile;
  }) {
    this.#marketplaces = parts.marketplaces;
    this.#intake = parts.intake;
    this.#keys = parts.keys;
    this.#withFile = parts.withFile;
  }

  /**
   * Downloads a version into the organization's catalog. Throws `marketplace_unavailable`, `marketplace_invalid` when it is not
   * what was offered, `publisher_key_changed`, and what `PackageIntake.admit` throws; the catalog is as before then.
   */
  async fetch(offered: OfferedVersion, authority: Authority, signal?: AbortSignal): Promise<PackageVersion> {
    const { pluginId, version, badge, place, digest, sizeBytes } = offered;
    const marketplace = this.#marketplaces.byKey(place);
    if (marketplace === undefined || digest === null || sizeBytes === null)
      throw new PatchbayError(
        "package_not_found",
        `Nobody here offers version ${version} of "${pluginId}" any more.`,
      );
    const publisher = await marketplace.publisher(publisherOf(pluginId));
    if (publisher !== null) await this.#keys.learn(publisher, marketplace.url);
    const origin = { by: authority, source: "marketplace", badge } as const;
    return await this.#withFile(async (path) => {
      await marketplace.fetchArtifact({ plugin: pluginId, version, digest, sizeBytes }, path, signal);
      const [admitted] = await this.#intake.admitAll(
        [path],
        { ...origin, obtained: { marketplace: place } },
        signal,
        ([content]) => requireAsOffered(offered, content, marketplace.url),
      );
      if (admitted === undefined) throw new Error("An admitted package has no version.");
      return admitted.version;
    });
  }
}

const requireAsOffered = (offered: OfferedVersion, found: AdmittedContent | undefined, url: string): void => {
  const { pluginId, version, manifest, digest } = offered;
  const fault =
    found?.pluginId !== pluginId || found.version !== version
      ? `sent "${found?.pluginId}" ${found?.version} as`
      : found.digest !== digest
        ? "sent other bytes than it promised for"
        : isDeepStrictEqual(plainJson(found.manifest), plainJson(manifest))
          ? null
          : "showed another manifest than the package has, for";
  if (fault === null) return;
  throw new PatchbayError(
    "marketplace_invalid",
    `The marketplace ${url} ${fault} "${pluginId}" ${version}.`,
    {
      facts: { marketplace: url },
    },
  );
};

const plainJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
