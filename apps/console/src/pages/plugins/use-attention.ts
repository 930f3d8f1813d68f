import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { advisoriesQuery } from "../../api/plugin-queries.ts";
import { pluginsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../session/organization.ts";
import { type Attention, attentionOf } from "./attention.ts";

/** What needs somebody, here or in the chosen project; undefined until it is known. */
export const useAttention = (): readonly Attention[] | undefined => {
  const { org, project } = useOrganization();
  const { data: plugins } = useQuery(pluginsQuery(org));
  const { data: advisories, error } = useQuery(advisoriesQuery(org));
  return useMemo(() => {
    if (plugins === undefined || (advisories === undefined && error === null)) return undefined;
    return attentionOf(plugins, advisories?.advisories ?? [], project);
  }, [plugins, advisories, error, project]);
};
