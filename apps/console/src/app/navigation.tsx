import { Divider, Indicator } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { requestsQuery } from "../api/queries.ts";
import { NavigationLink } from "../components/links.tsx";
import { PanelNavigation } from "../pages/panels/panel-navigation.tsx";
import type { Place } from "../pages/places.ts";
import { useAttention } from "../pages/plugins/use-attention.ts";
import { usePlaces } from "../pages/use-places.ts";
import { useOrganization } from "../session/organization.ts";

/** Below the panels of plugins, which come after what the work is about. */
const BELOW: readonly Place["id"][] = ["activity", "calls", "settings"];

/** The places of the console that the person may go to. */
export const Navigation = () => {
  const { places } = usePlaces();
  return (
    <>
      {places
        .filter(({ id }) => !BELOW.includes(id))
        .map((place) => (
          <PlaceLink key={place.id} place={place} />
        ))}
      <PanelNavigation />
      <Divider my="xs" />
      {places
        .filter(({ id }) => BELOW.includes(id))
        .map((place) => (
          <PlaceLink key={place.id} place={place} />
        ))}
    </>
  );
};

const PlaceLink = ({ place: { id, to, label, icon: Icon } }: { place: Place }) => {
  const { t } = useTranslation();
  const { org } = useOrganization();
  return (
    <NavigationLink
      to={to}
      params={{ org }}
      label={t(label)}
      leftSection={<Icon size={18} aria-hidden />}
      rightSection={id === "plugins" ? <AttentionCount /> : id === "requests" ? <RequestCount /> : undefined}
    />
  );
};

const AttentionCount = () => {
  const { t } = useTranslation();
  const count = useAttention()?.length ?? 0;
  return <Count count={count} words={t("nav.attention", { count })} />;
};

const RequestCount = () => {
  const { t } = useTranslation("requests");
  const { org } = useOrganization();
  const { data: requests } = useQuery(requestsQuery(org));
  const count = requests?.open ?? 0;
  return <Count count={count} words={t("waiting", { count })} />;
};

/** How much waits there, for the eye and in words. */
const Count = ({ count, words }: { count: number; words: string }) => (
  <Indicator inline size={16} label={count} color="orange" position="middle-center" disabled={count === 0}>
    {count > 0 && <span className="visually-hidden">{words}</span>}
  </Indicator>
);
