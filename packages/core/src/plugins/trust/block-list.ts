import { isVersionRange, isWithin, PatchbayError } from "@patchbay/protocol";
import type { AdvisoryStore, Block } from "../../ports/advisory-store.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";

type Judged = Pick<PackageVersion, "pluginId" | "version" | "source">;

/** Versions that marketplaces say must not run anywhere, held in memory: they are looked for at every start of a plugin. */
export class BlockList {
  readonly #store: Pick<AdvisoryStore, "listBlocks">;
  #byPlugin: ReadonlyMap<string, readonly Block[]> = new Map();

  constructor(store: Pick<AdvisoryStore, "listBlocks">) {
    this.#store = store;
  }

  /** Reads it anew. */
  async load(): Promise<void> {
    this.#byPlugin = Map.groupBy(await this.#store.listBlocks(), ({ plugin }) => plugin);
  }

  all(): Block[] {
    return [...this.#byPlugin.values()].flat();
  }

  /** What speaks against a version, wherever it came from; null for what comes with Patchbay itself. */
  blockOf({ pluginId, version, source }: Judged): Block | null {
    if (source === "builtin") return null;
    const blocks = this.#byPlugin.get(pluginId) ?? [];
    return blocks.find(({ versions }) => isMeant(versions, version)) ?? null;
  }

  /** Throws `version_blocked`. */
  requireUnblocked(judged: Judged): void {
    const block = this.blockOf(judged);
    if (block !== null) throw versionBlocked(judged, block);
  }
}

/** A range that cannot be read means every version: it was meant to stop something. */
const isMeant = (range: string, version: string): boolean =>
  !isVersionRange(range) || isWithin(version, range, { prereleases: true });

export const versionBlocked = ({ pluginId, version }: Judged, { reason, place }: Block): PatchbayError =>
  new PatchbayError(
    "version_blocked",
    `Version ${version} of "${pluginId}" must not run: ${reason} (The marketplace ${place} says so.) Use another version, or uninstall it.`,
    { facts: { reason, marketplace: place } },
  );
