import { Anchor, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { foundMemoriesQuery } from "../../../api/memory-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { Notice } from "../../../components/notice.tsx";
import { PlainList } from "../../../components/plain-list.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import type { MemoryListProps } from "./all-memories.tsx";
import { MemoryItem } from "./memory-item.tsx";
import { type Hit, whyFound } from "./why-found.ts";

/** The plugin that compares meanings without a key and without a network. */
const WORD_VECTORS = "patchbay.word-vectors";

/** What a search has found, and why. */
export const FoundMemories = ({ plugin, namespace, last, q }: MemoryListProps & { readonly q: string }) => {
  const { t } = useTranslation("memory");
  const { org } = useOrganization();
  const formats = useFormats();
  const found = useQuery(foundMemoriesQuery(org, plugin, namespace, q));
  // Whoever is impatient does not begin from the start.
  const again = () => void found.refetch({ cancelRefetch: false });
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={again} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const { hits, meaning } = found.data;
  return (
    <Stack gap="sm">
      {meaning === "unavailable" && <WordsAlone onAgain={again} />}
      {meaning === "partial" && (
        <Notice isNews title={t("partial.title")}>
          {t("partial.text")}
        </Notice>
      )}
      <Text size="sm" c="dimmed" role="status">
        {hits.length === 0
          ? t("notFound")
          : t("hits", { count: hits.length, number: formats.number(hits.length) })}
      </Text>
      <PlainList>
        {hits.map(({ entry, ...hit }) => (
          <MemoryItem key={entry.id} memory={entry} isLast={entry.id === last}>
            <Text size="sm">
              <Why {...hit} />
            </Text>
          </MemoryItem>
        ))}
      </PlainList>
    </Stack>
  );
};

const Why = (hit: Hit) => {
  const { t } = useTranslation("memory");
  const { reasons, ...facts } = whyFound(hit, useFormats());
  return reasons.map((reason) => t(`why.${reason}`, facts)).join(" ");
};

/** Says that meanings were not compared, and what helps. */
const WordsAlone = ({ onAgain }: { readonly onAgain: () => void }) => {
  const { t } = useTranslation("memory");
  const { org } = useOrganization();
  return (
    <Notice isNews title={t("unavailable.title")}>
      <Stack gap="xs">
        <Text>{t("unavailable.text")}</Text>
        <Group gap="md">
          <AnchorLink to="/o/$org/plugins/$plugin" params={{ org, plugin: WORD_VECTORS }}>
            {t("unavailable.vectors")}
          </AnchorLink>
          <AnchorLink to="/o/$org/models" params={{ org }}>
            {t("unavailable.models")}
          </AnchorLink>
          <Anchor component="button" type="button" onClick={onAgain}>
            {t("unavailable.again")}
          </Anchor>
        </Group>
      </Stack>
    </Notice>
  );
};
