import type { InstallationDto } from "@patchbay/protocol";

/** Why a plugin needs somebody: it does not run, or an update waits for permissions; null when all is well. */
export const attentionOf = ({ state, update }: InstallationDto): "failed" | "update_waits" | null => {
  if (state === "error" || state === "blocked") return "failed";
  return update !== undefined && update.missing.length > 0 ? "update_waits" : null;
};

export const needsAttention = (plugin: InstallationDto): boolean => attentionOf(plugin) !== null;
