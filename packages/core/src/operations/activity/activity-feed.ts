import {
  type Access,
  authorize,
  isProjectVisible,
  isScopeVisible,
  type Principal,
} from "../../access/access.ts";
import type { InstallationDirectory } from "../../plugins/installations/installation-directory.ts";
import type { Change, ChangeFeed } from "../../ports/change-feed.ts";

/** What is not as before, as far as the person who hears of it may know. `everything`: look at all of it again. */
export interface Activity {
  readonly kind:
    | "installation"
    | "settings"
    | "grants"
    | "scope"
    | "catalog"
    | "members"
    | "projects"
    | "keys"
    | "notifications"
    | "requests"
    | "everything";
  /** Absent when it may concern several, or one that the person does not see (any more). */
  readonly plugin?: string;
  /** Slug. */
  readonly project?: string;
}

/** Changes that wait for a reader; with more, it is told to look at everything again. */
const MAX_WAITING_CHANGES = 1_000;
/** Sessions and keys also end without a change. */
const RECHECK_EVERY_MS = 20_000;

/** Changes of which a person's rights may be the subject. */
const OF_ACCESS: ReadonlySet<Change["kind"]> = new Set(["member", "api_key", "session", "everything"]);

/** Tells people what changes in an organization, on whichever node, as long as they may read it. */
export class ActivityFeed {
  readonly #changes: ChangeFeed;
  readonly #directory: InstallationDirectory;

  constructor(changes: ChangeFeed, directory: InstallationDirectory) {
    this.#changes = changes;
    this.#directory = directory;
  }

  /**
   * Everything that changes from now on. `principal` says who reads, as of now. Throws `forbidden` or
   * `organization_not_found`; the stream throws what `principal` or
   * the check of access throws once the person may no longer read, and ends when `signal` aborts.
   */
  async follow(
    principal: () => Promise<Principal>,
    slug: string,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Activity>> {
    const access = authorize(await principal(), slug, "org.plugins.read");
    const inbox = new Inbox(this.#changes, access.organization.id, signal);
    const close = () => inbox.close();
    signal.addEventListener("abort", close, { once: true });
    return this.#read(inbox, access, principal, close);
  }

  async *#read(
    inbox: Inbox,
    first: Access,
    principal: () => Promise<Principal>,
    close: () => void,
  ): AsyncGenerator<Activity> {
    let access = first;
    try {
      for (;;) {
        const changes = await inbox.next();
        if (changes === null) return;
        if (changes.length === 0 || changes.some(({ kind }) => OF_ACCESS.has(kind)))
          access = authorize(await principal(), access.organization.slug, "org.plugins.read");
        const activities = await Promise.all(changes.map((change) => this.#visible(change, access)));
        yield* new Map(activities.flat().map((one) => [JSON.stringify(one), one])).values();
      }
    } finally {
      close();
    }
  }

  async #visible(change: Change, access: Access): Promise<readonly Activity[]> {
    switch (change.kind) {
      case "everything":
        return [{ kind: "everything" }];
      case "installation":
        return await this.#ofInstallation(change.pluginId, change.aspects ?? [], access);
      case "settings": {
        const { pluginId, project } = change;
        if (project !== undefined && !isProjectVisible(access, project)) return [];
        if (!(await this.#isVisible(pluginId, access))) return [];
        return [{ kind: "settings", ...named(pluginId), ...(project !== undefined && { project }) }];
      }
      case "member":
        return [{ kind: "members" }];
      case "project":
        return change.project === undefined || !isProjectVisible(access, change.project)
          ? []
          : [{ kind: "projects", project: change.project }];
      case "api_key":
        return seesAll(access) || change.userId === access.principal.user.id ? [{ kind: "keys" }] : [];
      case "catalog":
        return [{ kind: "catalog", ...named(change.pluginId) }];
      case "notification":
        return isForReader(change, access) ? [{ kind: "notifications" }] : [];
      case "request":
        return seesAll(access) || change.userId === access.principal.user.id ? [{ kind: "requests" }] : [];
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
    access: Access,
  ): Promise<readonly Activity[]> {
    if (pluginId === undefined) return [{ kind: "installation" }];
    const installed = await this.#directory.find(access.organization.id, pluginId);
    const isKnown =
      installed === null ? seesAll(access) : isScopeVisible(access, installed.installation.scope);
    if (isKnown) return ["installation" as const, ...aspects].map((kind) => ({ kind, plugin: pluginId }));
    return installed === null || aspects.includes("scope") ? [{ kind: "installation" }] : [];
  }

  async #isVisible(pluginId: string | undefined, access: Access): Promise<boolean> {
    const installed =
      pluginId === undefined ? null : await this.#directory.find(access.organization.id, pluginId);
    return installed !== null && isScopeVisible(access, installed.installation.scope);
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
  if (change.kind === "everything" || change.kind === "session") return true;
  if (change.organizationId !== undefined) return change.organizationId === organizationId;
  return change.kind === "catalog" || change.kind === "notification";
};

const named = (pluginId: string | undefined) => (pluginId === undefined ? {} : { plugin: pluginId });

const seesAll = ({ role }: Access): boolean => role === "owner" || role === "admin";

const isForReader = (
  { userId, project }: { readonly userId?: string; readonly project?: string },
  access: Access,
): boolean =>
  (userId === undefined || userId === access.principal.user.id) &&
  (project === undefined || isProjectVisible(access, project));
