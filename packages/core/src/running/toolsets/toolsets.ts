import {
  entriesOf,
  type FieldError,
  PatchbayError,
  type ToolsetBody,
  type ToolsetChangeBody,
} from "@patchbay/protocol";
import { authorize, type MemberAuthority, requireScope } from "../../access/authority.ts";
import { actorOf, type Principal } from "../../access/caller.ts";
import { visibleOf } from "../../access/sight.ts";
import type { Database, Stores } from "../../ports/database.ts";
import type { Toolset, ToolsetTool } from "../../ports/toolset-store.ts";
import { requireRevision, revisionOf, type SeenRevisions } from "../../revision.ts";
import { listContributors } from "../contributions/installed-entries.ts";
import { nameIn } from "./offered-tools.ts";

/** What one person uses them for is a handful; an organization has some for each group of people. */
const MAX_TOOLSETS = 200;

/** A toolset as somebody sees it: without tools of plugins that are hidden from them. */
export interface ToolsetView {
  readonly toolset: Toolset;
  /** Of all of it. */
  readonly revision: string;
}

/** Tools that administrators choose for clients, and put under an address of their own. */
export class Toolsets {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By name. Throws `forbidden` and `organization_not_found`. */
  async list(principal: Principal, slug: string): Promise<readonly ToolsetView[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const isShown = await this.#shownTo(authority);
    const all = await this.#database.toolsets.list(authority.organization.id);
    return all.map((toolset) => viewOf(toolset, isShown));
  }

  /** Throws `toolset_not_found`, `forbidden` and `organization_not_found`. */
  async get(principal: Principal, slug: string, name: string): Promise<ToolsetView> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const found = await this.#database.toolsets.find(authority.organization.id, name);
    return viewOf(found ?? notFound(name), await this.#shownTo(authority));
  }

  /** For owners and administrators, as all changes are. Throws `already_exists`, `invalid_request`, `forbidden`, `organization_not_found`. */
  async create(principal: Principal, slug: string, body: ToolsetBody): Promise<ToolsetView> {
    const { organizationId, isShown } = await this.#managed(principal, slug);
    const { name, title = null, description = null, mode = "tools", tools } = body;
    const toolset: Toolset = { organizationId, name, title, description, mode, tools };
    await this.#database.transaction(async (stores) => {
      await requireTools(stores, toolset, []);
      await stores.toolsets.create(toolset, MAX_TOOLSETS);
      await append(stores, principal, "toolset.created", organizationId, {
        toolset: name,
        after: changeable(toolset),
      });
    });
    return viewOf(toolset, isShown);
  }

  /** What is not given stays. In force at once on every node. Throws `revision_changed`, `toolset_not_found`, and as `create` does. */
  async change(
    principal: Principal,
    slug: string,
    name: string,
    body: ToolsetChangeBody,
    seen?: SeenRevisions,
  ): Promise<ToolsetView> {
    const { organizationId, isShown } = await this.#managed(principal, slug);
    const changed = await this.#database.transaction(async (stores) => {
      const before = (await stores.toolsets.find(organizationId, name)) ?? notFound(name);
      const after: Toolset = { ...before, ...body };
      requireRevision(seen, changeable(before), changeable(after));
      if (revisionOf(changeable(before)) === revisionOf(changeable(after))) return before;
      await requireTools(stores, after, before.tools);
      await stores.toolsets.replace(after);
      await append(stores, principal, "toolset.changed", organizationId, {
        toolset: name,
        before: changeable(before),
        after: changeable(after),
      });
      return after;
    });
    return viewOf(changed, isShown);
  }

  /** Clients that use it find nothing there from then on. Throws `toolset_not_found`, and as `create` does. */
  async remove(principal: Principal, slug: string, name: string): Promise<void> {
    const { organizationId } = await this.#managed(principal, slug);
    await this.#database.transaction(async (stores) => {
      const before = (await stores.toolsets.find(organizationId, name)) ?? notFound(name);
      await stores.toolsets.remove(organizationId, name);
      await append(stores, principal, "toolset.deleted", organizationId, {
        toolset: name,
        before: changeable(before),
      });
    });
  }

  async #managed(principal: Principal, slug: string) {
    const authority = authorize(principal, slug, "org.plugins.configure");
    requireScope(authority, { projects: "all" });
    return { organizationId: authority.organization.id, isShown: await this.#shownTo(authority) };
  }

  /** Whether somebody may know that a plugin is named: owners and administrators of one that is gone, too. */
  async #shownTo(authority: MemberAuthority): Promise<(tool: ToolsetTool) => boolean> {
    if (authority.administers) return () => true;
    const installed = await this.#database.installations.list(authority.organization.id);
    const visible = new Set(visibleOf(authority, installed).map(({ pluginId }) => pluginId));
    return ({ plugin }) => visible.has(plugin);
  }
}

const viewOf = (toolset: Toolset, isShown: (tool: ToolsetTool) => boolean): ToolsetView => ({
  toolset: { ...toolset, tools: toolset.tools.filter(isShown) },
  revision: revisionOf(changeable(toolset)),
});

const changeable = ({ title, description, mode, tools }: Toolset) => ({ title, description, mode, tools });

/** Throws `invalid_request` for tools of no installed plugin, unless they were there `before`, and for two of one name. */
const requireTools = async (
  stores: Stores,
  { organizationId, tools }: Toolset,
  before: readonly ToolsetTool[],
): Promise<void> => {
  const installed = await listContributors(stores, organizationId);
  const known = new Set(
    installed.flatMap(({ installation, package: { manifest } }) =>
      entriesOf(manifest, "tools").map(({ name }) =>
        addressOf({ plugin: installation.pluginId, tool: name }),
      ),
    ),
  );
  for (const tool of before) known.add(addressOf(tool));
  const names = new Set<string>();
  const errors: FieldError[] = [];
  for (const [place, tool] of tools.entries()) {
    const pointer = `/tools/${place}`;
    const name = nameIn(tool);
    if (!known.has(addressOf(tool)))
      errors.push({ pointer, message: `No installed plugin "${tool.plugin}" has a tool "${tool.tool}".` });
    else if (names.has(name))
      errors.push({
        pointer: `${pointer}/name`,
        message: `Another tool of this toolset is named "${name}" already. Give this one a name of its own.`,
      });
    names.add(name);
  }
  if (errors.length === 0) return;
  throw new PatchbayError("invalid_request", errors[0]?.message ?? "", { errors: errors.slice(0, 50) });
};

const addressOf = ({ plugin, tool }: ToolsetTool): string => `${plugin}/${tool}`;

const append = async (
  stores: Stores,
  principal: Principal,
  action: "toolset.created" | "toolset.changed" | "toolset.deleted",
  organizationId: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> =>
  await stores.audit.append({ organizationId, actor: actorOf(principal), action, pluginId: null, detail });

const notFound = (name: string): never => {
  throw new PatchbayError("toolset_not_found", `There is no toolset "${name.slice(0, 63)}" here.`);
};
