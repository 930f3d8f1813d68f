import { isNewerVersion, type MarketplacePluginDto, PatchbayError } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../../session/organization.ts";
import { resolutionQuery } from "../../plugins/resolution-query.ts";
import { usableVersion } from "./usable-version.ts";

/** Which versions of Patchbay a plugin wants, and which one this is. */
export interface Misfit {
  readonly version: string;
  readonly supported: string;
  readonly patchbay: string;
}

/**
 * Why the plugin cannot be installed here: no version that was not withdrawn is for this Patchbay. null when one is, or nobody
 * knows yet. The server looks: it offers a version that fits where there is one, so that what is said of the offered one holds
 * for all.
 */
export const useMisfit = (plugin: MarketplacePluginDto): Misfit | null => {
  const { org } = useOrganization();
  const version = usableVersion(plugin)?.version ?? plugin.latest;
  const { installed, blocked } = plugin;
  const isOffered = blocked === undefined && (installed === null || isNewerVersion(version, installed));
  const { error } = useQuery({
    ...resolutionQuery(org, { plugin: plugin.plugin, version }),
    enabled: isOffered,
  });
  if (!isOffered || !(error instanceof PatchbayError) || error.code !== "engine_mismatch") return null;
  const { supported = "", version: patchbay = "" } = error.facts as { supported?: string; version?: string };
  return { version, supported, patchbay };
};
