import type { LocalServersDto } from "@patchbay/protocol";
import { type UseQueryResult, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { localServersQuery } from "../api/plugin-queries.ts";
import { meQuery } from "../api/queries.ts";
import { useOrganization } from "./organization.ts";

/** Model servers on the server's machine, for those who may see and use them; null for everybody else. */
export const useLocalServers = (): UseQueryResult<LocalServersDto> | null => {
  const { org, may } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const mayLook = me.deployment.administrator && may("org.plugins.write") && may("org.plugins.configure");
  const found = useQuery({ ...localServersQuery(org), enabled: mayLook });
  return mayLook ? found : null;
};
