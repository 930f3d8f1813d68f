import { PatchbayError, type UiFaultBody } from "@patchbay/protocol";
import { authorize, requireScope } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import type { Failures } from "../../plugins/installations/failures.ts";
import type { InstallationContext } from "../../plugins/installations/installation-context.ts";

import type { ProjectScope } from "../../ports/installation-store.ts";
import type { PluginLogLine } from "../../ports/plugin-runtime.ts";

/** Takes down what consoles report of plugins' views: anybody may, so only somebody who may write can change a state by it. */
export class ViewFaults {
  readonly #context: InstallationContext;
  readonly #failures: Failures;
  readonly #log: (installationId: string, lines: readonly PluginLogLine[]) => void;

  constructor(
    context: InstallationContext,
    failures: Failures,
    log: (installationId: string, lines: readonly PluginLogLine[]) => void,
  ) {
    this.#context = context;
    this.#failures = failures;
    this.#log = log;
  }

  /**
   * Writes the fault to the plugin's log. A fault in `onActivate` or `onDeactivate` of the version that is installed, told
   * by someone with `org.plugins.write`, puts the installation into the state `error` besides. Throws `forbidden`,
   * `organization_not_found`, `plugin_not_installed`.
   */
  async report(principal: Principal, slug: string, pluginId: string, fault: UiFaultBody): Promise<void> {
    const { installation } = await this.#context.find(principal, slug, pluginId, "org.plugins.read");
    const { phase, view, message, stack, version } = fault;
    this.#log(installation.id, [
      {
        at: this.#context.world.now(),
        level: "error",
        message: `The user interface failed (${phase}): ${message}`,
        fields: { phase, ...(view !== undefined && { view }), ...(stack !== undefined && { stack }) },
        version,
      },
    ]);
    if (phase !== "activate" && phase !== "deactivate") return;
    if (installation.version !== version || !mayWrite(principal, slug, installation.scope)) return;
    const name = phase === "activate" ? "onActivate" : "onDeactivate";
    await this.#failures.markViewFailed(
      installation,
      new PatchbayError(
        "activation_failed",
        `${name} of the user interface failed: ${message.slice(0, 500)}`,
      ),
    );
  }
}

const mayWrite = (principal: Principal, slug: string, scope: ProjectScope): boolean => {
  try {
    requireScope(authorize(principal, slug, "org.plugins.write"), scope);
    return true;
  } catch (error) {
    if (error instanceof PatchbayError) return false;
    throw error;
  }
};
