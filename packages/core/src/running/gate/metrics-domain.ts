import type { PluginMetricsDto } from "@patchbay/protocol";
import { visibleOf } from "../../access/sight.ts";
import type { CallMetrics } from "../../plugins/metrics/call-metrics.ts";
import type { Stores } from "../../ports/database.ts";
import type { World } from "../../world.ts";
import type { HostHandlers } from "./domain.ts";

/**
 * `metrics`: the organization's plugins in numbers, as this node counted them, in whatever state they are, since that is what it
 * tells. A view is told of those that whoever looks at it may know of; server code of all, which is what `metrics.read` is granted for.
 */
export const metricsDomain = (
  stores: Pick<Stores, "installations" | "catalog">,
  metrics: CallMetrics,
  world: World,
): HostHandlers<"metrics"> => ({
  "metrics.plugins": async ({ spec: { organizationId }, by }) => {
    const [installations, packages] = await Promise.all([
      stores.installations.list(organizationId),
      stores.catalog.listInstalled(organizationId),
    ]);
    const value = visibleOf(by, installations).map(({ id, pluginId, version, state }): PluginMetricsDto => {
      const installed = packages.get(pluginId)?.find((one) => one.version === version);
      return {
        plugin: pluginId,
        name: installed?.manifest.name ?? pluginId,
        state,
        minutes: metrics.of(id, world.now()),
      };
    });
    return { value };
  },
});
