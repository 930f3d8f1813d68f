import { type OsvDto, PatchbayError } from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { isScopeVisible } from "../../access/sight.ts";
import type { Block } from "../../ports/advisory-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { Marketplace } from "../../ports/marketplace.ts";
import type { World } from "../../world.ts";
import type { Marketplaces } from "../sources/marketplaces.ts";
import type { BlockList } from "../trust/block-list.ts";
import type { BlockEnforcement } from "./block-enforcement.ts";
import { affects, fixesOf } from "./osv.ts";

/** An advisory that touches something that is installed. */
export interface TouchingAdvisory {
  readonly advisory: OsvDto;
  /** Keys of the marketplaces that know it. */
  readonly places: readonly string[];
  readonly touches: readonly {
    readonly plugin: string;
    readonly version: string;
    /** Versions that mend it, lowest first. */
    readonly fixes: readonly string[];
  }[];
}

export interface AdvisoryReport {
  readonly advisories: readonly TouchingAdvisory[];
  /** What stands against installed versions. */
  readonly blocked: readonly (Block & { readonly version: string })[];
  /** The last time that each marketplace was read; null for one that has not been. */
  readonly places: readonly {
    readonly place: string;
    readonly name: string;
    readonly checkedAt: Date | null;
  }[];
}

/** What marketplaces warn of, and what of it concerns an organization. */
export class Advisories {
  readonly #database: Database;
  readonly #marketplaces: Marketplaces;
  readonly #blocks: BlockList;
  readonly #enforcement: BlockEnforcement;
  readonly #world: World;

  constructor(parts: {
    database: Database;
    marketplaces: Marketplaces;
    blocks: BlockList;
    enforcement: BlockEnforcement;
    world: World;
  }) {
    this.#database = parts.database;
    this.#marketplaces = parts.marketplaces;
    this.#blocks = parts.blocks;
    this.#enforcement = parts.enforcement;
    this.#world = parts.world;
  }

  /**
   * Asks every marketplace and acts on what it says; what one of them does not tell counts as it was last read. To be called
   * by any node at least twice a minute: a blocked version is off within a minute.
   */
  async refresh(): Promise<void> {
    const { all } = this.#marketplaces;
    await this.#database.advisories.keepOnly(all.map(({ key }) => key));
    await Promise.all(all.map((marketplace) => this.#read(marketplace)));
    await this.enforce();
  }

  /** Has this node know what is blocked, and switches that off. To be called on every node at least twice a minute. */
  async enforce(): Promise<void> {
    await this.#blocks.load();
    await this.#enforcement.run();
  }

  /** Never throws: whatever is wrong with one marketplace, what the others block goes off. */
  async #read(marketplace: Marketplace): Promise<void> {
    const [advisories, blocked] = await Promise.all([
      this.#told(marketplace, () => marketplace.advisories()),
      this.#told(marketplace, () => marketplace.blocklist()),
    ]);
    if (advisories === null && blocked === null) return;
    const { advisories: store } = this.#database;
    await this.#told(marketplace, () =>
      store.replace(marketplace.key, { advisories, blocked }, this.#world.now()),
    );
  }

  /** null when that failed, which is logged then. */
  async #told<T>({ url }: Marketplace, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      const facts =
        error instanceof PatchbayError ? { code: error.code, reason: error.message } : { err: error };
      this.#world.log.warn({ marketplace: url, ...facts }, "a marketplace's advisories could not be read");
      return null;
    }
  }

  /** What concerns the plugins that the caller sees. */
  async list(principal: Principal, slug: string): Promise<AdvisoryReport> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const all = await this.#database.installations.list(authority.organization.id);
    const visible = all.filter(({ scope }) => isScopeVisible(authority, scope));
    const states = new Map(
      (await this.#database.advisories.listStates()).map(({ place, checkedAt }) => [place, checkedAt]),
    );
    return {
      advisories: await this.#touching(visible),
      blocked: visible.flatMap((one) => {
        const block = this.#blocks.blockOf(one);
        return block === null ? [] : [{ ...block, version: one.version }];
      }),
      places: this.#marketplaces.all.map(({ key, name }) => ({
        place: key,
        name,
        checkedAt: states.get(key) ?? null,
      })),
    };
  }

  /** The same of single installations. */
  async #touching(installed: readonly Installation[]): Promise<TouchingAdvisory[]> {
    const ids = installed.map(({ pluginId }) => pluginId);
    const known = await this.#database.advisories.listAdvisories(ids);
    return [...Map.groupBy(known, ({ advisory }) => advisory.id).values()].flatMap((same) => {
      const [newest] = same.map(({ advisory }) => advisory).toSorted(byModified);
      if (newest === undefined) return [];
      const touches = installed
        .filter(({ pluginId, version }) => affects(newest, pluginId, version))
        .map(({ pluginId, version }) => ({ plugin: pluginId, version, fixes: fixesOf(newest, pluginId) }));
      return touches.length === 0
        ? []
        : [{ advisory: newest, places: same.map(({ place }) => place), touches }];
    });
  }
}

const byModified = (one: OsvDto, other: OsvDto): number => (one.modified < other.modified ? 1 : -1);
