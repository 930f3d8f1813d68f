import { Grid, Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { MarketplacePluginDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { marketplacePluginQuery } from "../../../api/marketplace-queries.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { Notice } from "../../../components/notice.tsx";
import { PluginPending } from "../../../components/plugin-pending.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { useMarketplaceDialog } from "../use-marketplace-dialog.tsx";
import { DetailsFacts } from "./details-facts.tsx";
import { DetailsHeader } from "./details-header.tsx";
import { DetailsTabs } from "./details-tabs.tsx";
import { type Misfit, useMisfit } from "./use-misfit.ts";

const route = getRouteApi("/o/$org/marketplace/$plugin");

/** Everything about a plugin of a marketplace, before it is installed. */
export const DetailsPage = () => {
  const { org, plugin } = route.useParams();
  const found = useQuery(marketplacePluginQuery(org, plugin));
  if (found.data !== undefined) return <Details plugin={found.data} />;
  return <PluginPending plugin={plugin} error={found.error} onRetry={() => void found.refetch()} />;
};

const Details = ({ plugin }: { plugin: MarketplacePluginDto }) => {
  const { t } = useTranslation();
  useDocumentTitle(`${plugin.name} · ${t("product")}`);
  const { dialog, plugin: about, version } = route.useSearch();
  const { open, shown } = useMarketplaceDialog({ dialog, plugin: about, version });
  const misfit = useMisfit(plugin);
  const reason = useId();
  const hindrance = misfit === null ? undefined : reason;
  return (
    <Stack gap="md">
      <DetailsHeader plugin={plugin} onOpen={open} hindrance={hindrance} />
      {misfit !== null && <MisfitNotice misfit={misfit} id={reason} />}
      <Notes plugin={plugin} />
      <Text style={{ overflowWrap: "anywhere" }}>{plugin.description}</Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }} miw={0}>
          <DetailsTabs plugin={plugin} onOpen={open} hindrance={hindrance} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <DetailsFacts plugin={plugin} />
        </Grid.Col>
      </Grid>
      {shown}
    </Stack>
  );
};

const MisfitNotice = ({ misfit, id }: { misfit: Misfit; id: string }) => {
  const { t } = useTranslation("marketplace");
  const text =
    misfit.kind === "engine" ? t("misfit.engine", { ...misfit }) : t("misfit.permissions", { ...misfit });
  return (
    <Notice title={t("misfit.title")} isNews>
      <Text id={id}>{text}</Text>
    </Notice>
  );
};

/** What speaks against it: it is deprecated, or the policy does not want it. */
const Notes = ({ plugin: { deprecated, blocked } }: { plugin: MarketplacePluginDto }) => {
  const { t } = useTranslation("marketplace");
  const { org } = useOrganization();
  return (
    <>
      {blocked !== undefined && (
        <Notice title={t("notAllowed")}>
          <Text>{blocked.message}</Text>
          <Text>
            {t("changedBy")}{" "}
            <AnchorLink to="/o/$org/settings/policy" params={{ org }} inherit underline="always">
              {t("toPolicy")}
            </AnchorLink>
          </Text>
        </Notice>
      )}
      {deprecated !== undefined && (
        <Notice title={t("deprecated")}>
          <Text>{deprecated.message}</Text>
          {deprecated.successor !== undefined && (
            <Text>
              {t("successor")}{" "}
              <AnchorLink
                to="/o/$org/marketplace/$plugin"
                params={{ org, plugin: deprecated.successor }}
                inherit
                underline="always"
              >
                {deprecated.successor}
              </AnchorLink>
            </Text>
          )}
        </Notice>
      )}
    </>
  );
};
