import type { VersionDto } from "@patchbay/protocol";
import { queryOptions } from "@tanstack/react-query";
import { clientOf } from "../../api/client.ts";

/** What installing the version, or updating to it, would need; fails with what would stop that. Always asked anew: it hangs on all installed plugins. */
export const resolutionQuery = (org: string, { plugin, version }: Pick<VersionDto, "plugin" | "version">) =>
  queryOptions({
    queryKey: [org, "catalog", plugin, "resolution", version],
    queryFn: () => clientOf(org).catalog.resolution(plugin, version),
    staleTime: 0,
    retry: false,
  });
