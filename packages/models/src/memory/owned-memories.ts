import {
  actorOf,
  authorize,
  type Database,
  type Installation,
  type InstallationContext,
  isScopeWritable,
  type Memory,
  type MemoryOwner,
  type MemorySpace,
  type Page,
  type Principal,
  type RecordedChange,
  type SeenRevisions,
  type Stores,
  visibleOf,
  type World,
} from "@patchbay/core";
import { type AuditAction, type MemoryMeaning, PatchbayError } from "@patchbay/protocol";
import { type ChangedBy, type GivenChange, Memories } from "./memories.ts";
import type { FoundMemory, MemorySearch } from "./memory-search.ts";
import { isOfPerson } from "./names.ts";

const RIGHT = "org.plugins.configure";

/** Where some memories are: a plugin's namespace, by its own part of the name or in full. */
export interface SpaceAddress {
  readonly plugin: string;
  readonly namespace: string;
}

/**
 * What plugins keep in mind of their own, for those who may set the plugins up; what they keep for people is seen by these alone. Whatever is
 * read is written into the audit log before it is told: by whom and where, and not what it says. Each method throws `forbidden`, `organization_not_found`, `plugin_not_installed`, `memory_not_found`.
 */
export class OwnedMemories {
  readonly #database: Database;
  readonly #context: Pick<InstallationContext, "findWhole" | "record">;
  readonly #search: MemorySearch;
  readonly #world: Pick<World, "now" | "newId">;

  constructor(parts: {
    readonly database: Database;
    readonly context: Pick<InstallationContext, "findWhole" | "record">;
    readonly search: MemorySearch;
    readonly world: Pick<World, "now" | "newId">;
  }) {
    this.#database = parts.database;
    this.#context = parts.context;
    this.#search = parts.search;
    this.#world = parts.world;
  }

  /** By plugin and name. Of a project manager, those of plugins of own projects. */
  async listSpaces(
    principal: Principal,
    slug: string,
  ): Promise<readonly (MemorySpace & { readonly pluginId: string })[]> {
    const authority = authorize(principal, slug, RIGHT);
    const installations = await this.#database.installations.list(authority.organization.id);
    const own = visibleOf(authority, installations).filter(({ scope }) => isScopeWritable(authority, scope));
    const found = [];
    for (const one of own.toSorted((a, b) => (a.pluginId < b.pluginId ? -1 : 1)))
      for (const space of await this.#database.memories.listSpaces(ownerOf(one)))
        found.push({ ...space, pluginId: one.pluginId });
    return found;
  }

  async list(
    principal: Principal,
    slug: string,
    at: SpaceAddress,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<Page<Memory>> {
    const { namespace } = at;
    const installation = await this.#find(principal, slug, at);
    const read = await this.#memories(this.#database).list(ownerOf(installation), namespace, {}, page);
    await this.#record(principal, installation, "memories.listed", { namespace });
    return read;
  }

  async search(
    principal: Principal,
    slug: string,
    at: SpaceAddress,
    question: { readonly query: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<{ readonly found: readonly FoundMemory[]; readonly meaning: MemoryMeaning }> {
    const { namespace } = at;
    const installation = await this.#find(principal, slug, at);
    const owner = ownerOf(installation);
    const space = await this.#memories(this.#database).space(owner, namespace);
    if (question.query.trim() === "")
      throw new PatchbayError("invalid_request", "Say in `q` what is searched for.", {
        errors: [{ pointer: "/querystring/q", message: "It is empty." }],
      });
    const found = await this.#search.search(owner, [space], { ...question, now: this.#world.now() });
    await this.#record(principal, installation, "memories.listed", { namespace, q: question.query });
    return found;
  }

  /** With its history, the newest first. */
  async get(
    principal: Principal,
    slug: string,
    at: SpaceAddress,
    id: string,
  ): Promise<{ readonly memory: Memory; readonly history: readonly RecordedChange[] }> {
    const { namespace } = at;
    const installation = await this.#find(principal, slug, at);
    const owner = ownerOf(installation);
    const memories = this.#memories(this.#database);
    const memory = await memories.get(owner, namespace, id);
    if (memory === null)
      throw new PatchbayError(
        "memory_not_found",
        `There is no memory "${id.slice(0, 64)}" in the namespace.`,
      );
    const history = await memories.history(owner, namespace, id);
    await this.#record(principal, installation, "memory.read", { namespace, memory: id });
    return { memory, history };
  }

  /** Corrects it. Throws besides what `Memories.update` throws. */
  async update(
    principal: Principal,
    slug: string,
    at: SpaceAddress,
    id: string,
    change: GivenChange,
    seen?: SeenRevisions,
  ): Promise<Memory> {
    const { namespace } = at;
    return await this.#change(principal, slug, at, async (memories, owner, by) => {
      const memory = await memories.update(owner, namespace, id, change, by, seen);
      return { result: memory, action: "memory.changed", detail: { namespace, memory: id } };
    });
  }

  async remove(principal: Principal, slug: string, at: SpaceAddress, id: string): Promise<void> {
    const { namespace } = at;
    await this.#change(principal, slug, at, async (memories, owner, by) => {
      if (!(await memories.remove(owner, namespace, id, by)))
        throw new PatchbayError(
          "memory_not_found",
          `There is no memory "${id.slice(0, 64)}" in the namespace.`,
        );
      return { result: undefined, action: "memory.deleted", detail: { namespace, memory: id } };
    });
  }

  /** With all that is in it, and its history. */
  async removeSpace(principal: Principal, slug: string, at: SpaceAddress): Promise<void> {
    const { namespace } = at;
    await this.#change(principal, slug, at, async (memories, owner) => {
      const { entries } = await memories.space(owner, namespace);
      await memories.removeSpace(owner, namespace);
      return { result: undefined, action: "memory.deleted", detail: { namespace, entries } };
    });
  }

  /** Throws `memory_not_found` for a namespace of a person, whoever's it is. */
  async #find(
    principal: Principal,
    slug: string,
    { plugin, namespace }: SpaceAddress,
  ): Promise<Installation> {
    const { installation } = await this.#context.findWhole(principal, slug, plugin, RIGHT);
    if (!isOfPerson(plugin, namespace)) return installation;
    throw new PatchbayError(
      "memory_not_found",
      `"${namespace.slice(0, 128)}" is a namespace of a person. It is reached through the plugin, by this person alone.`,
    );
  }

  /** The change with its line in the history: both, or neither. */
  async #change<T>(
    principal: Principal,
    slug: string,
    at: SpaceAddress,
    work: (
      memories: Memories,
      owner: MemoryOwner,
      by: ChangedBy,
    ) => Promise<{
      readonly result: T;
      readonly action: AuditAction;
      readonly detail: Readonly<Record<string, unknown>>;
    }>,
  ): Promise<T> {
    const installation = await this.#find(principal, slug, at);
    const actor = actorOf(principal);
    const { kind, name } = actor;
    return await this.#database.transaction(async (stores) => {
      const { result, action, detail } = await work(this.#memories(stores), ownerOf(installation), {
        kind,
        name,
      });
      await this.#context.record(stores, installation, { actor, action, detail });
      return result;
    });
  }

  async #record(
    principal: Principal,
    installation: Installation,
    action: AuditAction,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#context.record(this.#database, installation, { actor: actorOf(principal), action, detail });
  }

  #memories({ memories }: Pick<Stores, "memories">): Memories {
    return new Memories(memories, this.#world);
  }
}

/** What belongs to people is theirs alone: nobody else reaches it by looking after the plugin. */
const ownerOf = ({ id, organizationId, pluginId, version }: Installation): MemoryOwner => ({
  installationId: id,
  organizationId,
  pluginId,
  version,
  person: null,
});
