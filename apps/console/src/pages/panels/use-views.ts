import type { ViewDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { viewsQuery } from "../../api/queries.ts";
import { useOrganization } from "../../session/organization.ts";

/** The views that plugins show in this place, for the chosen project. */
export const useViews = (place: ViewDto["place"]): readonly ViewDto[] => {
  const { org, project } = useOrganization();
  const { data = [] } = useQuery(viewsQuery(org, project));
  return data.filter((view) => view.place === place);
};

export const viewKey = ({ plugin, name }: ViewDto): string => `${plugin}/${name}`;
