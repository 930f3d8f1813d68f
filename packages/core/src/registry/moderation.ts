import { type AuditAction, PatchbayError, type RegistryBadge } from "@patchbay/protocol";
import type { Database, Stores } from "../ports/database.ts";
import type { RegistryListing } from "../ports/registry-store.ts";
import { actorOfCaller, type RegistryCaller, requireRegistryAdmin } from "./callers.ts";
import type { RegistryPublishers } from "./publishers.ts";

/** What is said about packages after they were published. */
export class RegistryModeration {
  readonly #database: Database;
  readonly #publishers: RegistryPublishers;

  constructor(database: Database, publishers: RegistryPublishers) {
    this.#database = database;
    this.#publishers = publishers;
  }

  /** Has a version chosen no more; `reason` null takes that back. Throws `package_not_found`, `forbidden`. */
  async yank(caller: RegistryCaller, plugin: string, version: string, reason: string | null): Promise<void> {
    await this.#authorize(caller, plugin);
    const action = reason === null ? "registry.unyanked" : "registry.yanked";
    await this.#change(caller, plugin, action, { version, reason }, (stores) =>
      stores.registry.packages.setYanked(plugin, version, reason),
    );
  }

  /** Says that a package is not to be used anew; null takes that back. Throws `package_not_found`, `forbidden`. */
  async deprecate(
    caller: RegistryCaller,
    plugin: string,
    deprecated: RegistryListing["deprecated"],
  ): Promise<void> {
    await this.#authorize(caller, plugin);
    if (deprecated?.successor === plugin)
      throw new PatchbayError("invalid_request", "A package cannot be its own successor.");
    const action = deprecated === null ? "registry.undeprecated" : "registry.deprecated";
    await this.#change(caller, plugin, action, { ...deprecated }, (stores) =>
      stores.registry.packages.setDeprecated(
        plugin,
        deprecated && { ...deprecated, message: deprecated.message.replaceAll("\0", "\uFFFD") },
      ),
    );
  }

  /** Throws `package_not_found`; `forbidden` but for administrators of the deployment. */
  async setBadge(caller: RegistryCaller, plugin: string, badge: RegistryBadge): Promise<void> {
    requireRegistryAdmin(caller);
    await this.#change(caller, plugin, "registry.badge", { badge }, (stores) =>
      stores.registry.packages.setBadge(plugin, badge),
    );
  }

  async #authorize(caller: RegistryCaller, plugin: string): Promise<void> {
    const found = await this.#database.registry.packages.find(plugin);
    if (found === null) throw notFound(plugin);
    await this.#publishers.authorize(caller, found.publisher);
  }

  async #change(
    caller: RegistryCaller,
    plugin: string,
    action: AuditAction,
    detail: Record<string, unknown>,
    work: (stores: Stores) => Promise<boolean>,
  ): Promise<void> {
    await this.#database.transaction(async (stores) => {
      if (!(await work(stores))) throw notFound(plugin);
      const actor = actorOfCaller(caller);
      await stores.audit.append({ organizationId: null, actor, action, pluginId: plugin, detail });
    });
  }
}

const notFound = (plugin: string) =>
  new PatchbayError("package_not_found", `The registry has no such plugin or version: "${plugin}".`);
