import {
  isPrerelease,
  MAX_MANIFEST_BYTES,
  type Manifest,
  PatchbayError,
  parseJson,
  validateManifest,
} from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { isScopeVisible } from "../../access/sight.ts";
import type { CodeHost, ListedRelease } from "../../ports/code-host.ts";
import type { Database } from "../../ports/database.ts";
import type { Offer, WatchedPlugin } from "../../ports/offer-store.ts";
import type { World } from "../../world.ts";
import type { GithubImports } from "./github-imports.ts";
import type { Marketplaces } from "./marketplaces.ts";
import { newestOffers, offersOf } from "./offered-version.ts";

/** What nobody has installed is forgotten after a day. */
const KEPT_MS = 24 * 60 * 60_000;

/** Without a token GitHub takes 60 requests an hour; looks by themselves leave half of them to people. */
const MS_PER_OPEN_REQUEST = 2 * 60_000;

/** What a look at all places came to. */
export interface RefreshReport {
  /** Plugins whose offers are up to date now. */
  readonly checked: readonly string[];
  /** Plugins whose places did not tell, and why. */
  readonly failed: readonly { readonly plugin: string; readonly code: string; readonly message: string }[];
}

/** Finds out what is offered of the plugins that are installed and came from outside. */
export class OfferRefresh {
  readonly #database: Database;
  readonly #marketplaces: Marketplaces;
  readonly #host: CodeHost;
  readonly #imports: GithubImports;
  readonly #world: World;
  /** When a repository was last looked at without a token, in milliseconds, by its name. */
  readonly #openLooks = new Map<string, number>();

  constructor(parts: {
    database: Database;
    marketplaces: Marketplaces;
    host: CodeHost;
    imports: GithubImports;
    world: World;
  }) {
    this.#database = parts.database;
    this.#marketplaces = parts.marketplaces;
    this.#host = parts.host;
    this.#imports = parts.imports;
    this.#world = parts.world;
  }

  /** All that is installed anywhere. What fails is logged and looked at again next time. */
  async run(): Promise<RefreshReport> {
    const report = await this.#refresh(await this.#due(await this.#database.offers.listWatched()));
    await this.#database.offers.removeOlder(new Date(this.#world.now().getTime() - KEPT_MS));
    for (const { plugin, code, message } of report.failed)
      this.#world.log.warn({ plugin, code, reason: message }, "newer versions could not be looked for");
    return report;
  }

  /** All but the repositories that are to be asked without a token and were not long ago, by how many they are. */
  async #due(watched: readonly WatchedPlugin[]): Promise<WatchedPlugin[]> {
    const open = new Set<WatchedPlugin>();
    for (const one of watched)
      if (one.source === "github" && one.organizationId !== null)
        if ((await this.#imports.tokenOf(one.organizationId)) === null) open.add(one);
    const before = performance.now() - open.size * MS_PER_OPEN_REQUEST;
    return watched.filter(
      (one) => !open.has(one) || (this.#openLooks.get(one.place) ?? Number.NEGATIVE_INFINITY) <= before,
    );
  }

  /** What the organization has installed, as far as the caller sees that. */
  async check(principal: Principal, slug: string): Promise<RefreshReport> {
    const authority = authorize(principal, slug, "org.plugins.write");
    const { organization } = authority;
    this.#marketplaces.expire();
    const installed = await this.#database.installations.list(organization.id);
    const visible = installed.filter(({ scope }) => isScopeVisible(authority, scope));
    const ids = new Set(visible.map(({ pluginId }) => pluginId));
    const watched = await this.#database.offers.listWatched();
    const own = watched.filter(
      ({ organizationId, pluginId }) =>
        ids.has(pluginId) && (organizationId === null || organizationId === organization.id),
    );
    return await this.#refresh(own);
  }

  /** One plugin, wherever it is installed: for when something about it is known to have changed. What fails is left for the next look. */
  async lookAt(pluginId: string): Promise<void> {
    this.#marketplaces.expire();
    const watched = await this.#database.offers.listWatched();
    await this.#refresh(watched.filter((one) => one.pluginId === pluginId && one.source === "marketplace"));
  }

  async #refresh(watched: readonly WatchedPlugin[]): Promise<RefreshReport> {
    const checked: string[] = [];
    const failed: RefreshReport["failed"][number][] = [];
    /** A place that does not answer is not asked again for each of its plugins. */
    const silent = new Map<string, PatchbayError>();
    for (const one of watched) {
      const place = `${one.source} ${one.place}`;
      try {
        const before = silent.get(place);
        if (before !== undefined)
          throw new PatchbayError(
            before.code,
            `It was not asked for, since its place is silent: ${before.message}`,
          );
        await this.#database.offers.replace(one, newestOffers(await this.#offersOf(one)));
        checked.push(one.pluginId);
      } catch (error) {
        const fault = this.#faultOf(one, error);
        if (fault.code === "marketplace_unavailable" || fault.code === "github_unavailable")
          silent.set(place, fault);
        failed.push({ plugin: one.pluginId, code: fault.code, message: fault.message });
      }
    }
    return { checked, failed };
  }

  /** What is wrong with one plugin keeps nobody from looking after the others, of other organizations too. */
  #faultOf({ pluginId: plugin }: WatchedPlugin, error: unknown): PatchbayError {
    if (error instanceof PatchbayError) return error;
    this.#world.log.error({ err: error, plugin }, "newer versions could not be looked for");
    const message = "Patchbay itself failed to look for newer versions; see the server's log.";
    return new PatchbayError("internal", message, { cause: error });
  }

  /** None where there is nobody to ask any more. */
  async #offersOf(watched: WatchedPlugin): Promise<Offer[]> {
    if (watched.source === "github") return await this.#releasesOf(watched);
    const marketplace = this.#marketplaces.byKey(watched.place);
    if (marketplace === undefined) return [];
    const found = await marketplace.package(watched.pluginId);
    return found === null ? [] : offersOf(found, marketplace.key, this.#world.now());
  }

  async #releasesOf({ organizationId, place, pluginId }: WatchedPlugin): Promise<Offer[]> {
    if (organizationId === null) return [];
    const token = await this.#imports.tokenOf(organizationId);
    if (token === null) this.#openLooks.set(place, performance.now());
    const all = await this.#host.listReleases(place, token);
    const releases = all.filter((release) => !release.isPrerelease);
    const newest = releases.find(({ version }) => !isPrerelease(version)) ?? releases[0];
    const manifest = newest
      ? await this.#manifestOf(newest, { organizationId, place, pluginId }, token)
      : null;
    return releases.map(({ version, publishedAt }) => ({
      ...({ organizationId, source: "github", place, pluginId, version, badge: "private" } as const),
      digest: null,
      sizeBytes: null,
      yanked: null,
      publishedAt,
      seenAt: this.#world.now(),
      manifest: version === newest?.version ? manifest : null,
    }));
  }

  /** Read once for each release: tags are not moved, and GitHub counts requests. */
  async #manifestOf(
    { tag, version }: ListedRelease,
    of: { readonly organizationId: string; readonly place: string; readonly pluginId: string },
    token: string | null,
  ): Promise<Manifest | null> {
    const known = await this.#database.offers.list(of.organizationId, [of.pluginId]);
    const offer = known.find((one) => one.place === of.place && one.version === version);
    return offer ? offer.manifest : await this.#manifestAt(of.place, tag, of.pluginId, version, token);
  }

  /** plugin.json of a tag, where the repository has it at its root: it tells what an update would have to be granted. */
  async #manifestAt(
    repository: string,
    tag: string,
    pluginId: string,
    version: string,
    token: string | null,
  ): Promise<Manifest | null> {
    const content = await this.#host.readFile(repository, tag, "plugin.json", token);
    if (content === null) return null;
    const parsed = parseJson(content, { maxBytes: MAX_MANIFEST_BYTES });
    if (!parsed.ok) return null;
    const checked = validateManifest(parsed.value);
    const isThat = checked.ok && checked.value.id === pluginId && checked.value.version === version;
    return isThat ? checked.value : null;
  }
}
