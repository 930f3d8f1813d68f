import { PatchbayError } from "@patchbay/protocol";
import type { Installation } from "../../ports/installation-store.ts";

/** Throws `plugin_busy` while a change of the installation is under way. */
export const requireIdle = ({ transition, pluginId }: Installation): void => {
  if (transition === null) return;
  throw new PatchbayError(
    "plugin_busy",
    `Another change of "${pluginId}" is under way. Wait for it and try again.`,
  );
};
