import { isNewerVersion, type MarketplacePluginDto, PatchbayError } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../../session/organization.ts";
import { resolutionQuery } from "../../plugins/resolution-query.ts";
import { usableVersion } from "./usable-version.ts";

/** What a version wants of Patchbay that this one is or has not. */
export type Misfit =
  | {
      readonly kind: "engine";
      readonly version: string;
      readonly supported: string;
      readonly patchbay: string;
    }
  | { readonly kind: "permissions"; readonly version: string; readonly permissions: string };

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
  return isOffered && error instanceof PatchbayError ? misfitOf(version, error) : null;
};

const misfitOf = (version: string, { code, facts }: PatchbayError): Misfit | null => {
  if (code === "engine_mismatch") {
    const { supported = "", version: patchbay = "" } = facts as { supported?: string; version?: string };
    return { kind: "engine", version, supported, patchbay };
  }
  if (code !== "permission_unavailable") return null;
  const { permissions = [] } = facts as { permissions?: readonly string[] };
  return { kind: "permissions", version, permissions: permissions.join(", ") };
};
