import { Button, Group, Stack, Text } from "@mantine/core";
import type { ConversationDto } from "@patchbay/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { useFormats } from "../../../components/formats.ts";
import { useOrganization } from "../../../session/organization.ts";
import { ConversationMessages } from "./conversation-messages.tsx";

interface ConversationItemProps {
  readonly plugin: string;
  readonly conversation: ConversationDto;
}

/** One conversation; its messages are read when somebody asks for them. */
export const ConversationItem = ({ plugin, conversation }: ConversationItemProps) => {
  const { t } = useTranslation("conversations");
  const { org, client } = useOrganization();
  const formats = useFormats();
  const queries = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const { id, title, person, messages, updatedAt, found } = conversation;
  const name = title ?? t("untitled");
  const remove = async (): Promise<void> => {
    await client.conversations.delete(plugin, id);
    await queries.invalidateQueries({ queryKey: [org, "conversations", plugin, "list"] });
  };
  return (
    <Stack gap={4} py="xs" role="group" aria-label={name}>
      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <Text size="sm" c="dimmed">
        {person === null ? t("shared") : t("of", { name: person.name, email: person.email })} ·{" "}
        {t("messages", { count: messages, number: formats.number(messages) })} · {formats.ago(updatedAt)}
      </Text>
      {found !== undefined && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {found.excerpt}
        </Text>
      )}
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? "close" : "read", { name })}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t(isOpen ? "closeShort" : "readShort")}
        </Button>
        <Button
          variant="default"
          size="xs"
          aria-label={t("delete", { name })}
          onClick={() => setIsDeleting(true)}
        >
          {t("deleteShort")}
        </Button>
      </Group>
      {isOpen && <ConversationMessages plugin={plugin} id={id} title={name} />}
      {isDeleting && (
        <ConfirmDialog
          title={t("delete", { name })}
          action={t("deleteShort")}
          onConfirm={remove}
          onClose={() => setIsDeleting(false)}
        >
          {t("deleteText")}
        </ConfirmDialog>
      )}
    </Stack>
  );
};
