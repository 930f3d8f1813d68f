import { supportsEngine } from "@patchbay/artifact";
import { type Objection, objectionTo, signatureObjection } from "../../access/policy-rules.ts";
import type { OrganizationPolicy } from "../../model/policy.ts";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Database } from "../../ports/database.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { Offer } from "../../ports/offer-store.ts";
import type { World } from "../../world.ts";
import { type Missing, missingFor } from "../plans/version-change.ts";
import type { PluginSettings } from "../settings/plugin-settings.ts";
import { isFor } from "../sources/offered-version.ts";
import { continuations } from "../sources/sourcing.ts";
import type { BlockList } from "../trust/block-list.ts";
import type { PackageTrust } from "../trust/package-trust.ts";
import type { Candidate, Hindrance } from "./choose-update.ts";

/** Reads which versions there are of installed plugins: in the catalog, and where they came from as it was last seen. */
export class AvailableVersions {
  readonly #database: Database;
  readonly #blocks: BlockList;
  readonly #trust: PackageTrust;
  readonly #settings: Pick<PluginSettings, "given">;
  readonly #world: Pick<World, "patchbayVersion">;

  constructor(parts: {
    database: Database;
    blocks: BlockList;
    trust: PackageTrust;
    settings: Pick<PluginSettings, "given">;
    world: Pick<World, "patchbayVersion">;
  }) {
    this.#database = parts.database;
    this.#blocks = parts.blocks;
    this.#trust = parts.trust;
    this.#settings = parts.settings;
    this.#world = parts.world;
  }

  /** By plugin id; of one organization. */
  async of(installations: readonly Installation[]): Promise<ReadonlyMap<string, readonly Candidate[]>> {
    const [first] = installations;
    if (first === undefined) return new Map();
    const ids = installations.map(({ pluginId }) => pluginId);
    const offers = Map.groupBy(
      await this.#database.offers.list(first.organizationId, ids),
      ({ pluginId }) => pluginId,
    );
    const policy = await this.#database.organizations.findPolicy(first.organizationId);
    const all = await Promise.all(
      installations.map(async (one): Promise<[string, Candidate[]]> => {
        const rows = await this.#database.catalog.listVersions(one.organizationId, one.pluginId);
        return [one.pluginId, await this.#candidatesOf(one, rows, offers.get(one.pluginId) ?? [], policy)];
      }),
    );
    return new Map(all);
  }

  /**
   * What the organization wants of a version that nobody looks at first: besides its policy, a signature where the running version
   * has one, so that a place which was taken over cannot do without.
   */
  async wantedFrom(policy: OrganizationPolicy, running: PackageVersion): Promise<OrganizationPolicy> {
    const { state } = await this.#trust.judge(running);
    return state === "unsigned" ? policy : { ...policy, signatures: "required" };
  }

  async #candidatesOf(
    installation: Installation,
    rows: readonly PackageVersion[],
    offers: readonly Offer[],
    policy: OrganizationPolicy,
  ): Promise<Candidate[]> {
    const running = rows.find(({ version }) => version === installation.version);
    if (running === undefined) return [];
    const given = await this.#settings.given(installation.id);
    const outside = continuations(running, offers);
    const seen = new Map(outside.map((offer) => [offer.version, offer]));
    const here = rows
      .filter((row) => isFor(row, installation.scope))
      .map((row) => ({ ...row, offer: seen.get(row.version) }));
    const known = new Set(here.map(({ version }) => version));
    const unsigned = await this.#unsigned(policy, running, rows);
    const elsewhere = outside
      .filter(({ version }) => !known.has(version))
      .map((offer) => ({ ...offer, offer }));
    // Those for another Patchbay are no candidates: one that failed would hold back all that is older.
    const fit = [...here, ...elsewhere].filter(
      ({ manifest }) => manifest === null || supportsEngine(manifest, this.#world.patchbayVersion),
    );
    return fit.map(({ pluginId, version, source, badge, manifest, ...one }) => ({
      version,
      publishedAt: one.offer?.publishedAt ?? ("createdAt" in one ? one.createdAt : new Date(0)),
      isYanked: (one.offer?.yanked ?? null) !== null,
      blocked: this.#blocks.blockOf({ pluginId, version, source })?.reason ?? null,
      hindrance:
        hindranceOf(objectionTo(policy, { pluginId, source, badge }) ?? unsigned.get(version)) ??
        (manifest && lacking(missingFor(installation, running.manifest, manifest, given))),
    }));
  }

  /** What speaks against signatures of the catalog, by version. Those of others are known once they are here. */
  async #unsigned(
    policy: OrganizationPolicy,
    running: PackageVersion,
    rows: readonly PackageVersion[],
  ): Promise<ReadonlyMap<string, Objection>> {
    const wanted = await this.wantedFrom(policy, running);
    if (wanted.signatures === "optional") return new Map();
    const objections = await Promise.all(
      rows.map(async (row) => signatureObjection(wanted, row, await this.#trust.judge(row))),
    );
    return new Map(
      rows.flatMap(({ version }, index): [string, Objection][] => {
        const objection = objections[index] ?? null;
        if (objection === null) return [];
        const message = "It is not signed by a known key of its publisher, as the installed version is.";
        return [[version, policy.signatures === "optional" ? { ...objection, message } : objection]];
      }),
    );
  }
}

const hindranceOf = (objection: Objection | undefined): Hindrance | null =>
  objection === undefined ? null : { waitsFor: "policy", message: objection.message };

/** Permissions never widen by themselves, nor where secrets go. */
const lacking = (missing: readonly Missing[]): Hindrance | null => {
  if (missing.length === 0) return null;
  const names = missing.map((one) =>
    "setting" in one ? `${one.setting} may go to ${one.hosts.join(", ")}` : one.name,
  );
  return { waitsFor: "permissions", message: `It asks for more than was granted: ${names.join(", ")}.` };
};
