import { Button, Group, NativeSelect, Skeleton, Stack, Text } from "@mantine/core";
import type { MarketplaceSearchDto } from "@patchbay/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { marketplaceSearchQuery } from "../../api/marketplace-queries.ts";
import { useFormats } from "../../components/formats.ts";
import { IconX } from "../../components/icons.tsx";
import { ButtonLink } from "../../components/links.tsx";
import { Loading } from "../../components/loading.tsx";
import { MoreButton } from "../../components/more-button.tsx";
import { Page } from "../../components/page.tsx";
import { RetryProblem } from "../../components/retry-problem.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { useOrganization } from "../../session/organization.ts";
import { Facets } from "./facets.tsx";
import styles from "./marketplace.module.css";
import { MarketplaceItem } from "./marketplace-item.tsx";
import { MARKETPLACE_SORTS, type MarketplaceSearch, type MarketplaceSort } from "./marketplace-search.ts";
import { SilentMarketplaces } from "./silent-marketplaces.tsx";
import { type OpenDialog, useMarketplaceDialog } from "./use-marketplace-dialog.tsx";

const route = getRouteApi("/o/$org/marketplace");
/** Time after the last keystroke until the search begins, in milliseconds. */
const TYPING_MS = 250;
/** In characters, as the server has it. */
const MAX_QUERY = 200;

type Change = (part: Partial<MarketplaceSearch>) => void;

/** What can be had from the marketplaces of this deployment. */
export const MarketplacePage = () => {
  const { t } = useTranslation("marketplace");
  const { org } = useOrganization();
  const { dialog, plugin, version, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const change: Change = (part) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false });
  const { project: _project, ...query } = filter;
  const found = useInfiniteQuery(marketplaceSearchQuery(org, query));
  const { open, shown } = useMarketplaceDialog({ dialog, plugin, version });
  const pages = found.data?.pages;
  return (
    <Page title={t("title")}>
      <Filters search={filter} onChange={change} />
      <div className={styles.layout}>
        <Facets search={filter} facets={pages?.[0]?.facets} onChange={change} />
        {found.isLoadingError ? (
          <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
        ) : pages === undefined ? (
          <ListSkeleton />
        ) : (
          <Stack gap="sm">
            <Found
              pages={pages}
              isOld={found.isPlaceholderData}
              onOpen={open}
              onChange={change}
              onRetry={() => void found.refetch()}
            />
            <MoreButton of={found} label={t("more")} />
          </Stack>
        )}
      </div>
      {shown}
    </Page>
  );
};

interface FoundProps {
  readonly pages: readonly MarketplaceSearchDto[];
  /** Whether it is what was found before, and the new is on its way. */
  readonly isOld: boolean;
  readonly onOpen: OpenDialog;
  readonly onChange: Change;
  readonly onRetry: () => void;
}

const Found = ({ pages, isOld, onOpen, onChange, onRetry }: FoundProps) => {
  const { t } = useTranslation(["marketplace", "common"]);
  const formats = useFormats();
  const [first] = pages;
  // The same plugin can be on two pages when the order has changed between them.
  const items = [...new Map(pages.flatMap((page) => page.items).map((one) => [one.plugin, one])).values()];
  const { total = 0, marketplaces = [] } = first ?? {};
  if (marketplaces.length === 0) return <NoMarketplace />;
  const silent = <SilentMarketplaces marketplaces={marketplaces} />;
  if (marketplaces.every(({ state }) => state === "unavailable"))
    return (
      <Stack align="flex-start" gap="xs">
        {silent}
        <Button variant="default" onClick={onRetry}>
          {t("common:retry")}
        </Button>
      </Stack>
    );
  return (
    <>
      {silent}
      <Text role="status" size="sm" c="dimmed">
        {t("found", { count: total, total: formats.number(total) })}
      </Text>
      {items.length === 0 ? (
        <Stack align="flex-start" gap="xs">
          <Text>{t("nothing")}</Text>
          <Button
            variant="default"
            onClick={() =>
              onChange({ q: undefined, category: undefined, badge: undefined, publisher: undefined })
            }
          >
            {t("clear")}
          </Button>
        </Stack>
      ) : (
        <ul className={styles.list} data-old={isOld} aria-busy={isOld}>
          {items.map((item) => (
            <MarketplaceItem key={item.plugin} item={item} onOpen={onOpen} />
          ))}
        </ul>
      )}
    </>
  );
};

interface FiltersProps {
  readonly search: MarketplaceSearch;
  readonly onChange: Change;
}

/** Search and order. */
const Filters = ({ search, onChange }: FiltersProps) => {
  const { t } = useTranslation("marketplace");
  const tell = (q: string) => onChange({ q: q.trim() === "" ? undefined : q.trim() });
  return (
    <Group gap="xs" role="search" aria-label={t("filters")}>
      <SearchField
        label={t("search")}
        text={search.q ?? ""}
        onText={tell}
        delayMs={TYPING_MS}
        maxLength={MAX_QUERY}
      />
      <NativeSelect
        flex="1 1 140px"
        aria-label={t("sort")}
        value={search.sort ?? "relevance"}
        onChange={({ currentTarget: { value } }) =>
          onChange({ sort: value === "relevance" ? undefined : (value as MarketplaceSort) })
        }
        data={MARKETPLACE_SORTS.map((value) => ({ value, label: t(`sorts.${value}`) }))}
      />
      {search.publisher !== undefined && (
        <Button
          variant="default"
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={t("anyPublisher")}
          onClick={() => onChange({ publisher: undefined })}
        >
          {t("ofPublisher", { publisher: search.publisher })}
        </Button>
      )}
    </Group>
  );
};

const NoMarketplace = () => {
  const { t } = useTranslation("marketplace");
  const { org } = useOrganization();
  return (
    <Stack align="flex-start" gap="xs">
      <Text>{t("noMarketplace")}</Text>
      <ButtonLink to="/o/$org/plugins" params={{ org }} variant="default">
        {t("toPlugins")}
      </ButtonLink>
    </Stack>
  );
};

const ListSkeleton = () => (
  <Loading gap="sm">
    <Skeleton height={16} width={100} />
    <Skeleton height={84} />
    <Skeleton height={84} />
    <Skeleton height={84} />
  </Loading>
);
