import { Skeleton, Tabs, Text } from "@mantine/core";
import type { MarketplacePluginDto, RegistryVersionDto } from "@patchbay/protocol";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { marketplaceDocumentQuery } from "../../../api/marketplace-queries.ts";
import { Markdown } from "../../../components/markdown.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { TabList } from "../../../components/tab-list.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { DETAIL_TABS, type DetailTab } from "../marketplace-search.ts";
import { DetailsAdvisories } from "./details-advisories.tsx";
import type { DetailsHeaderProps } from "./details-header.tsx";
import { DetailsPermissions } from "./details-permissions.tsx";
import { DetailsVersions } from "./details-versions.tsx";
import { usableVersion } from "./usable-version.ts";

const route = getRouteApi("/o/$org/marketplace/$plugin");

/** What its author says of it, what it may do, its versions and what is known against them. */
export const DetailsTabs = ({ plugin, onOpen, hindrance }: DetailsHeaderProps) => {
  const { t } = useTranslation("marketplace");
  const { tab = "readme" } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (next: DetailTab) =>
    void navigate({
      search: (old) => ({ ...old, tab: next === "readme" ? undefined : next }),
      replace: true,
      resetScroll: false,
    });
  return (
    <Tabs
      value={tab}
      onChange={(next) => open(next as DetailTab)}
      keepMounted={false}
      activateTabWithKeyboard={false}
    >
      <TabList label={t("tabs.label")} tab={tab}>
        {DETAIL_TABS.map((one) => (
          <Tabs.Tab key={one} value={one} flex="none">
            {one === "advisories" && plugin.advisories.length > 0
              ? t("tabs.advisories_count", { count: plugin.advisories.length })
              : t(`tabs.${one}`)}
          </Tabs.Tab>
        ))}
      </TabList>
      <Tabs.Panel value={tab}>
        <Content tab={tab} plugin={plugin} onOpen={onOpen} hindrance={hindrance} />
      </Tabs.Panel>
    </Tabs>
  );
};

const Content = ({ tab, plugin, onOpen, hindrance }: DetailsHeaderProps & { tab: DetailTab }) => {
  const version = usableVersion(plugin);
  switch (tab) {
    case "readme":
    case "changelog":
      return <Document plugin={plugin} version={version} document={tab} />;
    case "permissions":
      return <DetailsPermissions version={version} />;
    case "versions":
      return <DetailsVersions plugin={plugin} onOpen={onOpen} hindrance={hindrance} />;
    case "advisories":
      return <DetailsAdvisories plugin={plugin} />;
  }
};

interface DocumentProps {
  readonly plugin: MarketplacePluginDto;
  readonly version: RegistryVersionDto | undefined;
  readonly document: "readme" | "changelog";
}

const Document = ({ plugin: { plugin }, version, document }: DocumentProps) => {
  const { t } = useTranslation("marketplace");
  const { org } = useOrganization();
  const isThere = (document === "readme" ? version?.hasReadme : version?.hasChangelog) === true;
  const text = useQuery({
    ...marketplaceDocumentQuery(org, plugin, version?.version ?? "", document),
    enabled: isThere,
  });
  if (!isThere || text.data === null)
    return <Text c="dimmed">{t(document === "readme" ? "noReadme" : "noChangelog")}</Text>;
  if (text.isLoadingError) return <RetryProblem error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <Skeleton height={240} />;
  return <Markdown text={text.data} />;
};
