import {
  actorOf,
  authorize,
  type ContributionInForce,
  type Database,
  type HookDecision,
  type Installation,
  isScopeVisible,
  listInstalledEntries,
  type Principal,
  ReadThroughCache,
  requireRevision,
  type SeenRevisions,
  type Stores,
} from "@patchbay/core";
import { type HookState, PatchbayError } from "@patchbay/protocol";

type InstalledHook = ContributionInForce<"messageHooks">;
type HookStores = Pick<Stores, "installations" | "catalog" | "messageHooks">;

/** A message hook that questions pass. */
export interface HookInForce extends HookDecision {
  readonly installationId: string;
  readonly organizationId: string;
  readonly version: string;
  /** Slugs of the projects that the plugin applies to. */
  readonly projects: "all" | readonly string[];
}

/** A message hook with what is decided about it, for those who decide. */
export interface HookView extends HookDecision {
  readonly title?: string;
  readonly description?: string;
  readonly projects: "all" | readonly string[];
  readonly state: HookState;
}

/** The message hooks of organizations: which there are, and what is decided about them. */
export class OrganizationHooks {
  readonly #database: HookStores & Pick<Database, "transaction">;
  readonly #held: ReadThroughCache<readonly HookInForce[]>;

  constructor(database: HookStores & Pick<Database, "transaction">) {
    this.#database = database;
    this.#held = new ReadThroughCache(async (id) =>
      (await hooksOf(database, id)).filter(isPassed).map(inForceOf),
    );
  }

  /**
   * Those that questions pass, in their order, by the organization's id. One whose plugin has failed or is blocked is among them; one that
   * is disabled, or is being enabled, is not. Held until something changes.
   */
  async of(organizationId: string): Promise<readonly HookInForce[]> {
    return this.#held.peek(organizationId) ?? (await this.#held.get(organizationId));
  }

  /** All that are installed, as far as the caller sees their plugins. Throws `forbidden`, `organization_not_found`. */
  async list(principal: Principal, slug: string): Promise<readonly HookView[]> {
    const authority = authorize(principal, slug, "org.plugins.configure");
    const all = await hooksOf(this.#database, authority.organization.id);
    return all.filter(({ hook }) => isScopeVisible(authority, hook.installation.scope)).map(viewOf);
  }

  /**
   * Replaces their order and what is decided about each; those left out are on, refuse, and come last. For owners and administrators. Throws
   * `revision_changed` when they are not those that were seen, `invalid_request` for one that is named twice.
   */
  async put(
    principal: Principal,
    slug: string,
    decisions: readonly HookDecision[],
    seen?: SeenRevisions,
  ): Promise<readonly HookView[]> {
    const { id } = authorize(principal, slug, "org.members.write").organization;
    requireOnce(decisions);
    await this.#database.transaction(async (stores) => {
      await stores.installations.lockAll(id);
      const before = (await hooksOf(stores, id)).map(({ decision }) => decision);
      requireRevision(seen, before, decisions);
      await stores.messageHooks.put(id, decisions);
      const event = { actor: actorOf(principal), action: "message_hooks.changed" as const, pluginId: null };
      await stores.audit.append({ organizationId: id, ...event, detail: { before, after: decisions } });
    });
    this.#held.invalidate(id);
    return await this.list(principal, slug);
  }

  /** They have changed, or plugins have; of all organizations where none is named. */
  changed(organizationId?: string): void {
    if (organizationId === undefined) this.#held.clear();
    else this.#held.invalidate(organizationId);
  }
}

interface DecidedHook {
  readonly hook: InstalledHook;
  readonly decision: HookDecision;
}

/** What is decided of a hook, which is what the revision of all hooks is made of. */
export const decisionOf = ({ plugin, name, on, onFailure }: HookDecision): HookDecision => ({
  plugin,
  name,
  on,
  onFailure,
});

/** In the order in which messages pass them: as it is decided, then those of which nothing is, by plugin. */
const hooksOf = async (stores: HookStores, organizationId: string): Promise<DecidedHook[]> => {
  const [hooks, decisions] = await Promise.all([
    listInstalledEntries(stores, "messageHooks", organizationId),
    stores.messageHooks.list(organizationId),
  ]);
  const placeOf = ({ installation, entry }: InstalledHook) => {
    const place = decisions.findIndex(
      ({ plugin, name }) => plugin === installation.pluginId && name === entry.name,
    );
    return place === -1 ? decisions.length : place;
  };
  return hooks
    .toSorted((one, other) => placeOf(one) - placeOf(other) || compare(one, other))
    .map((hook) => ({ hook, decision: decisions[placeOf(hook)] ?? undecided(hook) }));
};

const compare = (one: InstalledHook, other: InstalledHook): number =>
  one.installation.pluginId < other.installation.pluginId
    ? -1
    : one.installation.pluginId === other.installation.pluginId
      ? 0
      : 1;

const undecided = ({ installation, entry }: InstalledHook): HookDecision => ({
  plugin: installation.pluginId,
  name: entry.name,
  on: true,
  onFailure: "refuse",
});

const isPassed = ({ hook, decision }: DecidedHook): boolean =>
  decision.on && stateOf(hook.installation) !== "off";

const stateOf = ({ state, transition }: Installation): HookState => {
  switch (state) {
    case "enabled":
      return "runs";
    case "updating":
      // The version before serves until the next one has started.
      return transition?.wasEnabled === true ? "runs" : "off";
    case "disabled":
    case "enabling":
      return "off";
    case "error":
    case "blocked":
      return "fails";
    default:
      return state satisfies never;
  }
};

const inForceOf = ({ hook: { installation }, decision }: DecidedHook): HookInForce => ({
  ...decision,
  installationId: installation.id,
  organizationId: installation.organizationId,
  version: installation.version,
  projects: installation.scope.projects,
});

const viewOf = ({ hook: { installation, entry }, decision }: DecidedHook): HookView => ({
  ...decision,
  ...(entry.title !== undefined && { title: entry.title }),
  ...(entry.description !== undefined && { description: entry.description }),
  projects: installation.scope.projects,
  state: stateOf(installation),
});

const requireOnce = (decisions: readonly HookDecision[]): void => {
  const keys = decisions.map(({ plugin, name }) => `${plugin} ${name}`);
  const twice = keys.findIndex((key, place) => keys.indexOf(key) < place);
  if (twice === -1) return;
  throw new PatchbayError("invalid_request", "A message hook is named twice.", {
    errors: [{ pointer: `/hooks/${twice}`, message: "It is there already." }],
  });
};
