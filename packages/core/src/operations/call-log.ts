import { PatchbayError } from "@patchbay/protocol";
import { authorize, holds, type MemberAuthority } from "../access/authority.ts";
import { actorOf, type Principal } from "../access/caller.ts";
import { visibleOf } from "../access/sight.ts";
import type { CallQuery, CallReach, ListedCall, LoggedCall } from "../ports/call-store.ts";
import type { Page } from "../ports/catalog-store.ts";
import type { Database } from "../ports/database.ts";
import { MAX_CHAIN_CALLS } from "../running/calls/limits.ts";

/** A call with its chain, as far as whoever asks may read that. */
export interface ReadCall extends ListedCall, Pick<LoggedCall, "input" | "output"> {
  readonly calls: readonly ListedCall[];
}

/** What somebody may read, and which plugins they see. */
interface Reader {
  readonly authority: MemberAuthority;
  readonly reach: CallReach;
  /** Ids; null: all. */
  readonly seen: ReadonlySet<string> | null;
}

/**
 * The log of calls: who may read the audit log reads all of it, managers what was for their projects, everybody what they have started themselves.
 * Plugins and projects that somebody does not see are not there for them.
 */
export class CallLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Newest first. Throws `forbidden`, `organization_not_found`, and `invalid_request` for a wrong cursor. */
  async list(principal: Principal, slug: string, query: CallQuery): Promise<Page<ListedCall>> {
    const { reach, seen } = await this.#readerOf(principal, slug);
    const { items, ...rest } = await this.#database.calls.list(reach, query);
    return { items: items.map((call) => asSeen(call, seen)), ...rest };
  }

  /**
   * One of them. Where its input or output is kept and somebody else has started it, the reading is written into the audit log before it
   * is told. Throws besides `call_not_found`.
   */
  async find(principal: Principal, slug: string, id: string): Promise<ReadCall> {
    const { authority, reach, seen } = await this.#readerOf(principal, slug);
    const call = await this.#database.calls.find(reach, id);
    if (call === null) throw new PatchbayError("call_not_found", "The log of calls has no such call.");
    const hasContent = call.input !== null || call.output !== null;
    if (hasContent && call.userId !== principal.user.id)
      await this.#database.audit.append({
        organizationId: authority.organization.id,
        actor: actorOf(principal),
        action: "call.read",
        pluginId: call.pluginId,
        detail: { call: id, name: call.name, person: call.userId },
      });
    const chain = await this.#database.calls.listChain(reach, call.chainId, MAX_CHAIN_CALLS);
    return { ...asSeen(call, seen), calls: chain.map((one) => asSeen(one, seen)) };
  }

  async #readerOf(principal: Principal, slug: string): Promise<Reader> {
    const readsAll = holds(principal, slug, "org.audit.read");
    const authority = authorize(principal, slug, readsAll ? "org.audit.read" : "org.plugins.use");
    const { id: organizationId } = authority.organization;
    if (readsAll) return { authority, reach: { organizationId, of: "everybody", seen: "all" }, seen: null };
    const visible = visibleOf(authority, await this.#database.installations.list(organizationId));
    const { projects } = authority;
    const of = { userId: principal.user.id, projects: [...authority.managed] };
    const sight =
      projects === "all"
        ? ("all" as const)
        : { installations: visible.map(({ id }) => id), projects: [...projects] };
    return {
      authority,
      reach: { organizationId, of, seen: sight },
      seen: projects === "all" ? null : new Set(visible.map(({ pluginId }) => pluginId)),
    };
  }
}

/** The same call, which names no plugin that is hidden. */
const asSeen = <Call extends ListedCall>(call: Call, seen: Reader["seen"]): Call => {
  if (seen === null) return call;
  const { caller, path } = call;
  return {
    ...call,
    caller: caller !== null && seen.has(caller) ? caller : null,
    path: path?.map((place) => (seen.has(pluginOf(place)) ? place : HIDDEN)) ?? null,
  };
};

const HIDDEN = "hidden";

/** Of `plugin/tool`, `plugin:provider` and `plugin:hook name`. */
const pluginOf = (place: string): string => place.split(/[/:]/, 1)[0] ?? "";
