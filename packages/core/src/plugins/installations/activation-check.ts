import { PatchbayError } from "@patchbay/protocol";
import type { CatalogStore } from "../../ports/catalog-store.ts";
import type { PluginSpec } from "../../ports/plugin-runtime.ts";
import type { BlockList } from "../trust/block-list.ts";
import type { PackageTrust } from "../trust/package-trust.ts";
import type { InstallationDirectory } from "./installation-directory.ts";

/** What keeps a plugin from running until somebody has looked at it. */
const VERDICTS: ReadonlySet<string> = new Set(["package_modified", "signature_revoked"]);

/** Looks at a package whenever an instance is to be started, as the catalog has it then. */
export class ActivationCheck {
  readonly #catalog: Pick<CatalogStore, "findVersion">;
  readonly #directory: Pick<InstallationDirectory, "forget">;
  readonly #trust: PackageTrust;
  readonly #blocks: BlockList;
  readonly #fail: (spec: PluginSpec, error: PatchbayError) => Promise<void>;

  /** `fail` puts an installation that is enabled into the state `error`. */
  constructor(parts: {
    catalog: Pick<CatalogStore, "findVersion">;
    directory: Pick<InstallationDirectory, "forget">;
    trust: PackageTrust;
    blocks: BlockList;
    fail: (spec: PluginSpec, error: PatchbayError) => Promise<void>;
  }) {
    this.#catalog = parts.catalog;
    this.#directory = parts.directory;
    this.#trust = parts.trust;
    this.#blocks = parts.blocks;
    this.#fail = parts.fail;
  }

  /** Throws `package_modified`, `signature_revoked`, `version_blocked` or `package_not_found`, and then the plugin must not be started. */
  async requireGood(spec: PluginSpec): Promise<void> {
    try {
      await this.#look(spec);
    } catch (error) {
      // What is held in memory is not what the database has.
      this.#directory.forget(spec.installationId);
      if (error instanceof PatchbayError && VERDICTS.has(error.code)) await this.#fail(spec, error);
      throw error;
    }
  }

  async #look({ organizationId, pluginId, version, scriptDigest }: PluginSpec): Promise<void> {
    const found = await this.#catalog.findVersion(organizationId, pluginId, version);
    if (found === null)
      throw new PatchbayError(
        "package_not_found",
        `The catalog has no version ${version} of "${pluginId}" any more.`,
      );
    this.#blocks.requireUnblocked(found);
    await this.#trust.requireGood(found);
    if (found.scriptDigest === scriptDigest) return;
    throw new PatchbayError(
      "package_modified",
      `The code of "${pluginId}" ${version} is not the one that the catalog names now. Try again.`,
    );
  }
}
