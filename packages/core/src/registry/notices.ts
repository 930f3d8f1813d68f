import {
  type AuditAction,
  type BlockedDto,
  isVersion,
  isVersionRange,
  OSV_ECOSYSTEM,
  type OsvDto,
  PatchbayError,
} from "@patchbay/protocol";
import type { Database } from "../ports/database.ts";
import type { World } from "../world.ts";
import { actorOfCaller, isAdmin, type RegistryCaller, requireRegistryAdmin } from "./callers.ts";
import { MAX_ADVISORIES_PER_PUBLISHER, MAX_ADVISORY_BYTES } from "./limits.ts";
import type { RegistryPublishers } from "./publishers.ts";

/** Advisories, which say what is wrong with versions, and blocks, which stop them. */
export class RegistryNotices {
  readonly #database: Database;
  readonly #publishers: RegistryPublishers;
  readonly #world: World;

  constructor(database: Database, publishers: RegistryPublishers, world: World) {
    this.#database = database;
    this.#publishers = publishers;
    this.#world = world;
  }

  /**
   * Publishes an advisory, or another text of it. Publishers write about their own packages, administrators of the deployment
   * about all. Throws `invalid_request`, `forbidden`, `publisher_unproven`.
   */
  async putAdvisory(caller: RegistryCaller, id: string, advisory: OsvDto): Promise<OsvDto> {
    requireConsistent(id, advisory);
    const publisher = await this.#authorize(caller, advisory);
    await this.#requireOwn(caller, id);
    const now = this.#world.now().toISOString();
    const known = await this.#database.registry.notices.findAdvisory(id);
    if (publisher !== null) await this.#requireModest(publisher, advisory, known === null);
    const kept = {
      ...advisory,
      modified: now,
      published: known?.advisory.published ?? advisory.published ?? now,
    };
    await this.#write(caller, kept, publisher, "registry.advisory_published");
    return kept;
  }

  /** Says that an advisory was a mistake. Throws `advisory_not_found`, `forbidden`. */
  async withdrawAdvisory(caller: RegistryCaller, id: string): Promise<OsvDto> {
    const { advisory, publisher } = await this.findAdvisory(id);
    await this.#requireOwn(caller, id);
    const now = this.#world.now().toISOString();
    const withdrawn = { ...advisory, modified: now, withdrawn: now };
    await this.#write(caller, withdrawn, publisher, "registry.advisory_withdrawn");
    return withdrawn;
  }

  /** Throws `advisory_not_found`. */
  async findAdvisory(id: string): Promise<{ advisory: OsvDto; publisher: string | null }> {
    const found = await this.#database.registry.notices.findAdvisory(id);
    if (found !== null) return found;
    throw new PatchbayError("advisory_not_found", `The registry has no advisory "${id}".`);
  }

  /** Blocks versions everywhere. Throws `invalid_request`, `forbidden`. */
  async block(caller: RegistryCaller, block: Omit<BlockedDto, "at">): Promise<BlockedDto> {
    requireRegistryAdmin(caller);
    if (!isVersionRange(block.versions))
      throw new PatchbayError("invalid_request", `"${block.versions}" is not a range of versions.`, {
        errors: [{ pointer: "/versions", message: 'Write a range such as "<1.2.3", or "*" for all.' }],
      });
    const clean = { ...block, reason: block.reason.replaceAll("\0", "\uFFFD") };
    return await this.#database.transaction(async (stores) => {
      const blocked = await stores.registry.notices.putBlock(clean);
      await stores.audit.append({
        organizationId: null,
        actor: actorOfCaller(caller),
        action: "registry.blocked",
        pluginId: block.plugin,
        detail: { versions: block.versions, reason: clean.reason },
      });
      return blocked;
    });
  }

  /** Throws `not_found`, `forbidden`. */
  async unblock(caller: RegistryCaller, plugin: string, versions: string): Promise<void> {
    requireRegistryAdmin(caller);
    await this.#database.transaction(async (stores) => {
      if (!(await stores.registry.notices.removeBlock(plugin, versions)))
        throw new PatchbayError("not_found", `The registry blocks no "${plugin}" ${versions}.`);
      await stores.audit.append({
        organizationId: null,
        actor: actorOfCaller(caller),
        action: "registry.unblocked",
        pluginId: plugin,
        detail: { versions },
      });
    });
  }

  /** Whose advisory it will be; null: the operator's. Throws `forbidden` when it is about packages of others. */
  async #authorize(caller: RegistryCaller, { affected }: OsvDto): Promise<string | null> {
    if (isAdmin(caller)) return null;
    const [publisher, ...others] = new Set(affected.map((one) => one.package.name.split(".", 1)[0] ?? ""));
    if (publisher === undefined || others.length > 0)
      throw new PatchbayError("forbidden", "A publisher writes advisories about its own packages only.");
    await this.#publishers.authorizeProven(caller, publisher);
    return publisher;
  }

  /** Every client reads all advisories of a registry at once, and none when they are too many for it. */
  async #requireModest(publisher: string, advisory: OsvDto, isNew: boolean): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(advisory)) > MAX_ADVISORY_BYTES)
      throw new PatchbayError(
        "invalid_request",
        `An advisory of a publisher has at most ${MAX_ADVISORY_BYTES / 1024} KiB. Name ranges instead of versions, and link to the rest.`,
      );
    if (!isNew) return;
    const count = await this.#database.registry.notices.countAdvisories(publisher);
    if (count >= MAX_ADVISORIES_PER_PUBLISHER)
      throw new PatchbayError(
        "invalid_request",
        `A publisher has at most ${MAX_ADVISORIES_PER_PUBLISHER} advisories. Ask the registry's operator to publish this one.`,
      );
  }

  async #requireOwn(caller: RegistryCaller, id: string): Promise<void> {
    const known = await this.#database.registry.notices.findAdvisory(id);
    if (known === null || isAdmin(caller)) return;
    if (known.publisher === null)
      throw new PatchbayError("forbidden", "This advisory is the operator's of the registry.");
    await this.#publishers.authorize(caller, known.publisher);
  }

  async #write(
    caller: RegistryCaller,
    advisory: OsvDto,
    publisher: string | null,
    action: AuditAction,
  ): Promise<void> {
    await this.#database.transaction(async (stores) => {
      await stores.registry.notices.putAdvisory(advisory, publisher);
      const [first] = advisory.affected;
      await stores.audit.append({
        organizationId: null,
        actor: actorOfCaller(caller),
        action,
        pluginId: first?.package.name ?? null,
        detail: { advisory: advisory.id },
      });
    });
  }
}

const requireConsistent = (id: string, { id: own, affected }: OsvDto): void => {
  const errors = [];
  if (own !== id) errors.push({ pointer: "/id", message: `It is not the id of the address, ${id}.` });
  if (affected.length === 0) errors.push({ pointer: "/affected", message: "It names no package." });
  for (const [index, { package: named, ranges, versions }] of affected.entries()) {
    if (named.ecosystem !== OSV_ECOSYSTEM)
      errors.push({
        pointer: `/affected/${index}/package/ecosystem`,
        message: `It is not "${OSV_ECOSYSTEM}".`,
      });
    const marks = (ranges ?? []).flatMap(({ events }) =>
      events.flatMap(({ introduced, fixed, last_affected }) => [introduced, fixed, last_affected]),
    );
    for (const version of [...marks, ...(versions ?? [])])
      if (version !== undefined && version !== "0" && !isVersion(version))
        errors.push({ pointer: `/affected/${index}`, message: `"${version}" is not a semantic version.` });
  }
  if (errors.length > 0)
    throw new PatchbayError("invalid_request", "The advisory cannot be published as it is.", { errors });
};
