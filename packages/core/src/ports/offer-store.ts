import type { Badge, Manifest } from "@patchbay/protocol";

/** A version that somebody outside has, as it was last seen there. It is in no catalog until it is fetched. */
export interface Offer {
  /** null: of a marketplace, for every organization. */
  readonly organizationId: string | null;
  readonly source: "marketplace" | "github";
  /** The key of the marketplace, or `owner/name` of the repository. */
  readonly place: string;
  readonly pluginId: string;
  readonly version: string;
  readonly badge: Badge;
  /** SHA-256 of the zip, hex, and its size; null where they are known only after a download. */
  readonly digest: string | null;
  readonly sizeBytes: number | null;
  /** null where it is known only after a download. */
  readonly manifest: Manifest | null;
  /** Why it is not to be chosen any more; null when it may be. */
  readonly yanked: string | null;
  readonly publishedAt: Date;
  readonly seenAt: Date;
}

/** What is offered outside of the plugins that are installed here: read in lists, without asking anybody outside. */
export interface OfferStore {
  /** All that is offered to the organization of these plugins, newest version of each first. */
  list(organizationId: string, pluginIds: readonly string[]): Promise<Offer[]>;
  /** Puts what a place offers of a plugin now in the place of what it offered before. */
  replace(
    of: Pick<Offer, "organizationId" | "source" | "place" | "pluginId">,
    offers: readonly Offer[],
  ): Promise<void>;
  /** Every plugin that is installed anywhere and came from outside, once for each place that it came from. */
  listWatched(): Promise<WatchedPlugin[]>;
  /** Forgets what was seen before this time, of which no installation is left. */
  removeOlder(before: Date): Promise<void>;
}

/** An installed plugin whose newer versions are looked for. */
export interface WatchedPlugin {
  /** null: of a marketplace. */
  readonly organizationId: string | null;
  readonly source: Offer["source"];
  readonly place: string;
  readonly pluginId: string;
}

/** Where a package was got, as far as newer versions are to be found there. */
export interface ObtainedFrom {
  /** The marketplace's key. */
  readonly marketplace?: string;
  /** `owner/name` on GitHub, the tag, and the file of its release; without one the tagged tree. */
  readonly repository?: string;
  readonly tag?: string;
  readonly asset?: string;
}

/** The place of an `Offer` that continues what was got there; null for what people brought themselves. */
export const placeOf = (origin: ObtainedFrom | null): string | null =>
  origin?.marketplace ?? origin?.repository ?? null;
