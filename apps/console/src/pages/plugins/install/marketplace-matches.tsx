import { Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { marketplaceSearchQuery } from "../../../api/marketplace-queries.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { Entry } from "./catalog-entry.tsx";
import type { SourceProps } from "./source.ts";

/** The best of many; who wants more looks at the marketplace itself. */
const SHOWN = 10;

export interface MarketplaceMatchesProps extends SourceProps {
  readonly q: string;
  /** Ids of plugins that are listed already. */
  readonly known: ReadonlySet<string>;
}

/** What the marketplaces have beyond the catalog. Nothing is shown when they have nothing, or do not answer. */
export const MarketplaceMatches = ({ q, known, onChoose }: MarketplaceMatchesProps) => {
  const { t } = useTranslation("install");
  const { org } = useOrganization();
  const found = useInfiniteQuery(marketplaceSearchQuery(org, q === "" ? {} : { q }));
  const items = found.data?.pages[0]?.items.filter(({ plugin }) => !known.has(plugin)) ?? [];
  if (items.length === 0) return null;
  return (
    <Stack component="section" gap="xs" aria-label={t("catalog.marketplaces")}>
      <Title order={3}>{t("catalog.marketplaces")}</Title>
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
        {items.slice(0, SHOWN).map((item) => (
          <Entry key={item.plugin} entry={item} onChoose={onChoose} />
        ))}
      </Stack>
      <Text size="sm">
        <AnchorLink to="/o/$org/marketplace" params={{ org }} search={q === "" ? {} : { q }} inherit>
          {t("catalog.browse")}
        </AnchorLink>
      </Text>
    </Stack>
  );
};
