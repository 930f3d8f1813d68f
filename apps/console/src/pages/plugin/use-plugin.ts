import type { InstallationDto } from "@patchbay/protocol";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { pluginQuery } from "../../api/queries.ts";

const route = getRouteApi("/o/$org/plugins/$plugin");

/** The plugin of the address. Only on the tabs of its page, which are shown once it is there. */
export const usePlugin = (): InstallationDto => {
  const { org, plugin } = route.useParams();
  return useSuspenseQuery(pluginQuery(org, plugin)).data;
};
