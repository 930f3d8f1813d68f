import { Skeleton, Stack, Text } from "@mantine/core";
import type { KeptMessageDto } from "@patchbay/protocol";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { conversationMessagesQuery } from "../../../api/conversation-queries.ts";
import { useFormats } from "../../../components/formats.ts";
import { MoreButton } from "../../../components/more-button.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { useOrganization } from "../../../session/organization.ts";
import { textOfMessage } from "./text-of-message.ts";

interface ConversationMessagesProps {
  readonly plugin: string;
  readonly id: string;
  /** How people call the conversation. */
  readonly title: string;
}

/** The messages of a conversation, in their order and as they were written. */
export const ConversationMessages = ({ plugin, id, title }: ConversationMessagesProps) => {
  const { t } = useTranslation("conversations");
  const { org } = useOrganization();
  const found = useInfiniteQuery(conversationMessagesQuery(org, plugin, id));
  if (found.isLoadingError) return <RetryProblem error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <Skeleton height={80} />;
  const messages = found.data.pages.flatMap(({ items }) => items);
  if (messages.length === 0) return <Text size="sm">{t("noMessages")}</Text>;
  return (
    <Stack gap="sm" role="region" aria-label={t("messagesOf", { title })}>
      {messages.map((message) => (
        <Message key={message.id} kept={message} />
      ))}
      <MoreButton of={found} label={t("more")} size="xs" />
    </Stack>
  );
};

const Message = ({ kept: { createdAt, message } }: { readonly kept: KeptMessageDto }) => {
  const { t } = useTranslation("conversations");
  const formats = useFormats();
  const { role, text, others } = textOfMessage(message);
  return (
    <div>
      <Text size="sm" fw={600}>
        {t(`role.${role}`)}{" "}
        <Text span size="sm" c="dimmed" fw={400}>
          {formats.ago(createdAt)}
        </Text>
      </Text>
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Text>
      {others > 0 && (
        <Text size="sm" c="dimmed">
          {t("others", { count: others })}
        </Text>
      )}
    </div>
  );
};
