import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { meQuery, requestsQuery } from "../api/queries.ts";
import { useOrganization } from "../session/organization.ts";
import { PLACES, type Place, SETTINGS_TABS, type SettingsTab } from "./places.ts";

/** The places that the person may go to, and the parts of the settings. */
export const usePlaces = (): { places: readonly Place[]; settingsTabs: readonly SettingsTab[] } => {
  const { org, may, maySomewhere } = useOrganization();
  const { data: me } = useSuspenseQuery(meQuery());
  const { data: requests } = useQuery(requestsQuery(org));
  const isShown = (place: Place): boolean => {
    // Who decides nothing comes here only for what they have asked for themselves.
    if (place.id === "requests") return may("org.members.write") || (requests?.items.length ?? 0) > 0;
    // Managers make addresses for their projects.
    if (place.id === "endpoints") return maySomewhere(place.right);
    return !("right" in place) || may(place.right);
  };
  return {
    places: PLACES.filter(isShown),
    settingsTabs: SETTINGS_TABS.filter((tab) => tab !== "deployment" || me.deployment.administrator),
  };
};
