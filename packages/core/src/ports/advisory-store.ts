import type { BlockedDto, OsvDto } from "@patchbay/protocol";

/** What one marketplace warns of, as it was last read there; null for what could not be read: what was read before stays. */
export interface Feed {
  readonly advisories: readonly OsvDto[] | null;
  readonly blocked: readonly BlockedDto[] | null;
}

export interface KnownAdvisory {
  /** Key of the marketplace. */
  readonly place: string;
  readonly advisory: OsvDto;
}

export interface Block extends BlockedDto {
  /** Key of the marketplace. */
  readonly place: string;
}

export interface FeedState {
  readonly place: string;
  /** When it was last read without a fault. */
  readonly checkedAt: Date;
}

/** Advisories and blocked versions of all marketplaces, so that they are known while those cannot be reached. */
export interface AdvisoryStore {
  /** Puts what a marketplace says now in the place of what it said before. Costs little when nothing has changed. */
  replace(place: string, feed: Feed, checkedAt: Date): Promise<void>;
  /** Forgets marketplaces other than these. */
  keepOnly(places: readonly string[]): Promise<void>;
  listStates(): Promise<FeedState[]>;
  /** Those that name one of these plugins, by id. */
  listAdvisories(pluginIds: readonly string[]): Promise<KnownAdvisory[]>;
  listBlocks(): Promise<Block[]>;
}
