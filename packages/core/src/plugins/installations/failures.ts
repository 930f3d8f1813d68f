import type { PatchbayError } from "@patchbay/protocol";
import { SYSTEM_ACTOR } from "../../access/caller.ts";
import type { Installation } from "../../ports/installation-store.ts";
import type { PluginSpec } from "../../ports/plugin-runtime.ts";
import { lastErrorOf } from "./change-records.ts";
import type { InstallationContext } from "./installation-context.ts";

/** Puts installations that are enabled and do not run into the state `error`. */
export class Failures {
  readonly #context: InstallationContext;

  constructor(context: InstallationContext) {
    this.#context = context;
  }

  /** The runtime gave the plugin up: it fails at every start or crashes again and again. */
  async markFailed(
    spec: Pick<PluginSpec, "installationId" | "version">,
    error: PatchbayError,
  ): Promise<void> {
    const installation = await this.#context.database.installations.findById(spec.installationId);
    if (installation?.state !== "enabled" || installation.version !== spec.version) return;
    await this.#fail(installation, error);
  }

  /** The user interface failed where a plugin is switched on or off: as far as a console can tell, it does not run. */
  async markViewFailed(installation: Installation, error: PatchbayError): Promise<void> {
    if (installation.state !== "enabled") return;
    await this.#fail(installation, error);
    await this.#context.runtime.retire(installation.id);
  }

  async #fail(installation: Installation, error: PatchbayError): Promise<void> {
    const { code, message } = error;
    const { version } = installation;
    const lastError = lastErrorOf(installation, error, this.#context.world.now());
    const step = {
      actor: SYSTEM_ACTOR,
      action: "plugin.failed" as const,
      detail: { version, code, message },
    };
    await this.#context.change(installation, { state: "error", lastError }, step);
  }
}
