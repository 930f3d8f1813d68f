import type { Manifest } from "@patchbay/protocol";
import { carryGrants, missingGrants } from "../access/grants.ts";
import type { OrganizationPolicy } from "../access/policy.ts";
import { type JudgedPackage, objectionTo } from "../access/policy-rules.ts";
import type { BlockList } from "../advisories/block-list.ts";
import type { PackageVersion } from "../ports/catalog-store.ts";
import type { Database } from "../ports/database.ts";
import type { Installation } from "../ports/installation-store.ts";
import type { Offer } from "../ports/offer-store.ts";
import { continuations } from "../sources/sourcing.ts";
import type { Candidate, Hindrance } from "./choose-update.ts";

/** Reads which versions there are of installed plugins: in the catalog, and where they came from as it was last seen. */
export class AvailableVersions {
  readonly #database: Database;
  readonly #blocks: BlockList;

  constructor(database: Database, blocks: BlockList) {
    this.#database = database;
    this.#blocks = blocks;
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
        return [one.pluginId, this.#candidatesOf(one, rows, offers.get(one.pluginId) ?? [], policy)];
      }),
    );
    return new Map(all);
  }

  #candidatesOf(
    installation: Installation,
    rows: readonly PackageVersion[],
    offers: readonly Offer[],
    policy: OrganizationPolicy,
  ): Candidate[] {
    const running = rows.find(({ version }) => version === installation.version);
    if (running === undefined) return [];
    const outside = continuations(running, offers);
    const seen = new Map(outside.map((offer) => [offer.version, offer]));
    const here = rows.map((row) => ({ ...row, offer: seen.get(row.version) }));
    const known = new Set(rows.map(({ version }) => version));
    const elsewhere = outside
      .filter(({ version }) => !known.has(version))
      .map((offer) => ({ ...offer, offer }));
    return [...here, ...elsewhere].map(({ pluginId, version, source, badge, manifest, ...one }) => ({
      version,
      publishedAt: one.offer?.publishedAt ?? ("createdAt" in one ? one.createdAt : new Date(0)),
      isYanked: (one.offer?.yanked ?? null) !== null,
      blocked: this.#blocks.blockOf({ pluginId, version, source })?.reason ?? null,
      hindrance:
        hindranceOf(policy, { pluginId, source, badge }) ??
        (manifest && lacking(installation, running.manifest, manifest)),
    }));
  }
}

const hindranceOf = (policy: OrganizationPolicy, judged: JudgedPackage): Hindrance | null => {
  const objection = objectionTo(policy, judged);
  return objection && { waitsFor: "policy", message: objection.message };
};

/** Permissions never widen by themselves. */
const lacking = ({ grants }: Installation, from: Manifest, to: Manifest): Hindrance | null => {
  const { grants: carried, widened } = carryGrants(grants, from, to);
  const names = [...missingGrants(to, carried), ...widened].map(({ name }) => name);
  if (names.length === 0) return null;
  return { waitsFor: "permissions", message: `It asks for more than was granted: ${names.join(", ")}.` };
};
