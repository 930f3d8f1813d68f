import type { ActivityKind } from "@patchbay/protocol";
import { authorize, type MemberAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { isProjectVisible, isScopeVisible } from "../../access/sight.ts";
import type { InstallationDirectory } from "../../plugins/installations/installation-directory.ts";
import { CHANGES, type Change, type ChangeFeed, concernsCallers } from "../../ports/change-feed.ts";

/** What is not as before, as far as the person who hears of it may know. */
export interface Activity {
  readonly kind: ActivityKind;
  /** Absent when it may concern several, or one that the person does not see (any more). */
  readonly plugin?: string;
  /** Slug. */
  readonly project?: string;
}

/** Changes that wait for a reader; with more, it is told to look at everything again. */
const MAX_WAITING_CHANGES = 1_000;
/** Sessions and keys also end without a change. */
const RECHECK_EVERY_MS = 20_000;

/** Tells people what changes in an organization, on whichever node, as long as they may read it. */
export class ActivityFeed {
  readonly #changes: ChangeFeed;
  readonly #directory: InstallationDirectory;

  constructor(changes: ChangeFeed, directory: InstallationDirectory) {
    this.#changes = changes;
    this.#directory = directory;
  }

  /**
   * Everything that changes from now on. `principal` says who reads, as of now, and `right` what they need for it. Throws `forbidden` or
   * `organization_not_found`; the stream throws what `principal` or
   * the check of access throws once the person may no longer read, and ends when `signal` aborts.
   */
  async follow(
    principal: () => Promise<Principal>,
    slug: string,
    signal: AbortSignal,
    right: "org.plugins.read" | "org.plugins.use" = "org.plugins.read",
  ): Promise<AsyncGenerator<Activity>> {
    const authorized = async () => authorize(await principal(), slug, right);
    const authority = await authorized();
    const inbox = new Inbox(this.#changes, authority.organization.id, signal);
    const close = () => inbox.close();
    signal.addEventListener("abort", close, { once: true });
    return this.#read(inbox, authority, authorized, close);
  }

  async *#read(
    inbox: Inbox,
    first: MemberAuthority,
    authorized: () => Promise<MemberAuthority>,
    close: () => void,
  ): AsyncGenerator<Activity> {
    let authority = first;
    try {
      for (;;) {
        const changes = await inbox.next();
        if (changes === null) return;
        if (changes.length === 0 || changes.some(concernsCallers)) authority = await authorized();
        const activities = await Promise.all(changes.map((change) => this.#visible(change, authority)));
        yield* new Map(activities.flat().map((one) => [JSON.stringify(one), one])).values();
      }
    } finally {
      close();
    }
  }

  async #visible(change: Change, authority: MemberAuthority): Promise<readonly Activity[]> {
    const kind = CHANGES[change.kind].told;
    if (kind === null) return [];
    switch (change.kind) {
      case "everything":
      case "member":
      case "models":
      case "toolset":
        return [{ kind }];
      case "installation":
        return await this.#ofInstallation(change.pluginId, change.aspects ?? [], authority);
      case "settings": {
        const { pluginId, project } = change;
        if (project !== undefined && !isProjectVisible(authority, project)) return [];
        if (!(await this.#isVisible(pluginId, authority))) return [];
        return [{ kind, ...named(pluginId), ...(project !== undefined && { project }) }];
      }
      case "project":
        return change.project === undefined || !isProjectVisible(authority, change.project)
          ? []
          : [{ kind, project: change.project }];
      case "api_key":
      case "request":
        return authority.administers || change.userId === authority.caller.user.id ? [{ kind }] : [];
      case "budget":
        return authority.administers ? [{ kind }] : [];
      case "endpoint":
      case "endpoint_request":
        return authority.administers || authority.managed.size > 0 ? [{ kind }] : [];
      case "schedule":
        return (await this.#isVisible(change.pluginId, authority))
          ? [{ kind, ...named(change.pluginId) }]
          : [];
      case "catalog":
        return [{ kind, ...named(change.pluginId) }];
      case "notification":
        return isForReader(change, authority) ? [{ kind }] : [];
      case "client_call":
      case "session":
      case "publisher":
      case "registry":
        return [];
      default:
        return change satisfies never;
    }
  }

  /** Of one that is gone or out of sight its name is not told, except to those who see all. */
  async #ofInstallation(
    pluginId: string | undefined,
    aspects: readonly ("grants" | "scope")[],
    authority: MemberAuthority,
  ): Promise<readonly Activity[]> {
    if (pluginId === undefined) return [{ kind: "installation" }];
    const installed = await this.#directory.find(authority.organization.id, pluginId);
    const isKnown =
      installed === null ? authority.administers : isScopeVisible(authority, installed.installation.scope);
    if (isKnown) return ["installation" as const, ...aspects].map((kind) => ({ kind, plugin: pluginId }));
    return installed === null || aspects.includes("scope") ? [{ kind: "installation" }] : [];
  }

  async #isVisible(pluginId: string | undefined, authority: MemberAuthority): Promise<boolean> {
    const installed =
      pluginId === undefined ? null : await this.#directory.find(authority.organization.id, pluginId);
    return installed !== null && isScopeVisible(authority, installed.installation.scope);
  }
}

/** The changes of one organization that wait for their reader. */
class Inbox {
  readonly #signal: AbortSignal;
  readonly #unsubscribe: () => void;
  #waiting: Change[] = [];
  #wake: () => void = () => undefined;

  constructor(changes: ChangeFeed, organizationId: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#unsubscribe = changes.subscribe((change) => {
      if (!concerns(change, organizationId)) return;
      if (this.#waiting.length >= MAX_WAITING_CHANGES) this.#waiting = [{ kind: "everything" }];
      else this.#waiting.push(change);
      this.#wake();
    });
  }

  /** Those since the last call, at once or when there are some; none after a while; null once the reader has gone. */
  async next(): Promise<readonly Change[] | null> {
    if (this.#waiting.length === 0 && !this.#signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, RECHECK_EVERY_MS);
      await promise;
      clearTimeout(timer);
    }
    return this.#signal.aborted ? null : this.#waiting.splice(0);
  }

  close(): void {
    this.#unsubscribe();
    this.#wake();
  }
}

const concerns = (change: Change, organizationId: string): boolean => {
  const of = change.kind === "everything" ? undefined : change.organizationId;
  return of === undefined ? CHANGES[change.kind].isForAll : of === organizationId;
};

const named = (pluginId: string | undefined) => (pluginId === undefined ? {} : { plugin: pluginId });

const isForReader = (
  { userId, project }: { readonly userId?: string; readonly project?: string },
  authority: MemberAuthority,
): boolean =>
  (userId === undefined || userId === authority.caller.user.id) &&
  (project === undefined || isProjectVisible(authority, project));
