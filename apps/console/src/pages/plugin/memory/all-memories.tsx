import { Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { memoriesQuery } from "../../../api/memory-queries.ts";
import { MoreButton } from "../../../components/more-button.tsx";
import { PlainList } from "../../../components/plain-list.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { MemoryItem } from "./memory-item.tsx";

export interface MemoryListProps {
  readonly plugin: string;
  readonly namespace: string;
  /** Id of the memory that was looked at last. */
  readonly last: string | null;
}

/** The memories of a namespace, a page after the other. */
export const AllMemories = ({ plugin, namespace, last }: MemoryListProps) => {
  const { t } = useTranslation("memory");
  const { org } = useOrganization();
  const found = useInfiniteQuery(memoriesQuery(org, plugin, namespace));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={160} />;
  const memories = found.data.pages.flatMap(({ items }) => items);
  if (memories.length === 0) return <Text>{t("empty")}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("order")}
      </Text>
      <PlainList>
        {memories.map((memory) => (
          <MemoryItem key={memory.id} memory={memory} isLast={memory.id === last} />
        ))}
      </PlainList>
      <MoreButton of={found} label={t("more")} />
    </Stack>
  );
};
