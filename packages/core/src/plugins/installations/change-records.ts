import { type Grant, PatchbayError } from "@patchbay/protocol";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import type { Installation, LastError, Transition } from "../../ports/installation-store.ts";
import type { World } from "../../world.ts";

/** What is written down before a change starts that runs plugin code. */
export const transitionOf = (
  world: World,
  kind: Transition["kind"],
  { state }: Installation,
  { version }: PackageVersion,
  grants: readonly Grant[],
): Transition => ({
  kind,
  toVersion: version,
  grants,
  nodeId: world.nodeId,
  startedAt: world.now().toISOString(),
  wasEnabled: state === "enabled",
});

/** What a start ended with, as people may see it. */
export const asFailure = (error: unknown): PatchbayError =>
  error instanceof PatchbayError
    ? error
    : new PatchbayError("internal", "Patchbay itself failed to start the plugin; see the server's log.", {
        cause: error,
      });

export const lastErrorOf = (
  { pluginId }: Installation,
  { code, message }: PatchbayError,
  now: Date,
): LastError => ({
  code,
  message,
  at: now.toISOString(),
  see: `plugins/${pluginId}/logs`,
});
