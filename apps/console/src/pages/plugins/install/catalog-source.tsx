import { Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "../../../components/icons.tsx";
import { MoreButton } from "../../../components/more-button.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { Entry } from "./catalog-entry.tsx";
import { MarketplaceMatches } from "./marketplace-matches.tsx";
import type { SourceProps } from "./source.ts";

const TYPING_MS = 200;
const PAGE_ENTRIES = 20;

/** The organization's catalog, and below it what the marketplaces have. */
export const CatalogSource = ({ onChoose }: SourceProps) => {
  const { t } = useTranslation(["install", "common"]);
  const { org, client } = useOrganization();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), TYPING_MS);
  const found = useInfiniteQuery({
    queryKey: [org, "catalog", "search", q],
    queryFn: ({ pageParam }) =>
      client.catalog.search({
        limit: PAGE_ENTRIES,
        ...(q !== "" && { q }),
        ...(pageParam !== undefined && { cursor: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
  const entries = found.data?.pages.flatMap(({ items }) => items);
  return (
    <Stack gap="md">
      <TextInput
        type="search"
        label={t("catalog.search")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        data-autofocus
      />
      {found.isLoadingError ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : entries === undefined ? (
        <Stack gap="xs" aria-busy="true">
          <Skeleton height={56} />
          <Skeleton height={56} />
        </Stack>
      ) : (
        <>
          {entries.length === 0 && <Text role="status">{t("catalog.empty")}</Text>}
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: "none" }}>
            {entries.map((entry) => (
              <Entry key={entry.plugin} entry={entry} onChoose={onChoose} />
            ))}
          </Stack>
          <MoreButton of={found} label={t("common:more")} />
          <MarketplaceMatches
            q={q}
            known={new Set(entries.map(({ plugin }) => plugin))}
            onChoose={onChoose}
          />
        </>
      )}
    </Stack>
  );
};
