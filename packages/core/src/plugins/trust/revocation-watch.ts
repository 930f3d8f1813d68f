import { PatchbayError } from "@patchbay/protocol";
import type { CatalogStore } from "../../ports/catalog-store.ts";
import type { HostCaller, PluginRuntime } from "../../ports/plugin-runtime.ts";
import type { DomainLog } from "../../world.ts";
import type { PackageTrust } from "./package-trust.ts";
import { publisherOf } from "./publisher-keys.ts";

/** Ends what runs on this node although the keys of its publisher say meanwhile that it must not. */
export class RevocationWatch {
  readonly #catalog: Pick<CatalogStore, "findVersion">;
  readonly #runtime: Pick<PluginRuntime, "instances" | "retire">;
  readonly #trust: PackageTrust;
  readonly #fail: (caller: HostCaller, error: PatchbayError) => Promise<void>;
  readonly #log: DomainLog;

  /** `fail` puts an installation that is enabled into the state `error`. */
  constructor(parts: {
    catalog: Pick<CatalogStore, "findVersion">;
    runtime: Pick<PluginRuntime, "instances" | "retire">;
    trust: PackageTrust;
    fail: (caller: HostCaller, error: PatchbayError) => Promise<void>;
    log: DomainLog;
  }) {
    this.#catalog = parts.catalog;
    this.#runtime = parts.runtime;
    this.#trust = parts.trust;
    this.#fail = parts.fail;
    this.#log = parts.log;
  }

  /** To be called when something about a publisher's keys has changed. Never throws; one plugin's fault never stops the rest. */
  async lookAt(publisher: string): Promise<void> {
    const running = this.#runtime.instances().filter(({ pluginId }) => publisherOf(pluginId) === publisher);
    for (const one of new Map(running.map((one) => [`${one.installationId} ${one.version}`, one])).values())
      await this.#settle(one).catch((error: unknown) =>
        this.#log.warn(
          { plugin: one.pluginId, error: String(error) },
          "a plugin whose publisher's keys have changed was not looked at",
        ),
      );
  }

  async #settle(caller: HostCaller): Promise<void> {
    const { organizationId, pluginId, version, installationId } = caller;
    const found = await this.#catalog.findVersion(organizationId, pluginId, version);
    if (found === null) return;
    try {
      await this.#trust.requireGood(found);
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error;
      await this.#runtime.retire(installationId);
      await this.#fail(caller, error);
    }
  }
}
