import { Group, Skeleton, Stack, Text } from "@mantine/core";
import { MAX_SEARCH_LENGTH } from "@patchbay/protocol";
import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { conversationsQuery } from "../../../api/conversation-queries.ts";
import { policyQuery } from "../../../api/people-queries.ts";
import { AnchorLink } from "../../../components/links.tsx";
import { MoreButton } from "../../../components/more-button.tsx";
import { PlainList } from "../../../components/plain-list.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { SearchField } from "../../../components/search-field.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { usePlugin } from "../use-plugin.ts";
import { ConversationItem } from "./conversation-item.tsx";

/** What the plugin keeps of conversations, for administrators whom the policy lets read it. */
export const ConversationsTab = () => {
  const { t } = useTranslation("conversations");
  const { org, may } = useOrganization();
  const { plugin } = usePlugin();
  const { data: policy } = useSuspenseQuery(policyQuery(org));
  if (!may("org.members.write")) return <Text>{t("administrators")}</Text>;
  if (policy.conversations === "administrators") return <Conversations plugin={plugin} />;
  return (
    <Stack gap="xs">
      <Text maw={640}>{t("private")}</Text>
      <AnchorLink to="/o/$org/settings/policy" params={{ org }}>
        {t("policy")}
      </AnchorLink>
    </Stack>
  );
};

/** How long after the last key is searched: each search is noted. */
const SEARCH_DELAY_MS = 600;

const Conversations = ({ plugin }: { readonly plugin: string }) => {
  const { t } = useTranslation("conversations");
  const { org } = useOrganization();
  const [q, setQ] = useState("");
  const found = useInfiniteQuery(conversationsQuery(org, plugin, q.trim()));
  const conversations = found.data?.pages.flatMap(({ items }) => items);
  return (
    <Stack gap="md">
      <Text maw={640}>{t("noted")}</Text>
      <Group maw={640}>
        <SearchField
          label={t("search")}
          text={q}
          onText={setQ}
          delayMs={SEARCH_DELAY_MS}
          maxLength={MAX_SEARCH_LENGTH}
        />
      </Group>
      {found.isLoadingError && <RetryProblem error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton height={160} />}
      {conversations?.length === 0 && <Text>{t(q.trim() === "" ? "none" : "notFound")}</Text>}
      <PlainList>
        {conversations?.map((conversation) => (
          <li key={conversation.id}>
            <ConversationItem plugin={plugin} conversation={conversation} />
          </li>
        ))}
      </PlainList>
      <MoreButton of={found} label={t("older")} />
    </Stack>
  );
};
