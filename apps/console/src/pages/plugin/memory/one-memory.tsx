import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type MemoryWithHistoryDto, PatchbayError } from "@patchbay/protocol";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { memoryQuery } from "../../../api/memory-queries.ts";
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx";
import { Fact, Facts } from "../../../components/facts.tsx";
import { useFormats } from "../../../components/formats.ts";
import { IconArrowLeft } from "../../../components/icons.tsx";
import { RetryProblem } from "../../../components/retry-problem.tsx";
import { tellDone } from "../../../components/tell.ts";
import { useOrganization } from "../../../session/organization.ts";
import { CorrectMemoryDialog } from "./correct-memory-dialog.tsx";
import { FoldedText } from "./folded-text.tsx";
import styles from "./memory.module.css";
import { MemoryHistory } from "./memory-history.tsx";
import { jsonOfMetadata } from "./memory-text.ts";

export interface OneMemoryProps {
  readonly plugin: string;
  readonly namespace: string;
  readonly id: string;
  readonly onBack: () => void;
}

/** All that is known of one memory, and what can be done about it. */
export const OneMemory = (props: OneMemoryProps) => {
  const { plugin, namespace, id, onBack } = props;
  const { t } = useTranslation("memory");
  const { org } = useOrganization();
  const found = useQuery(memoryQuery(org, plugin, namespace, id));
  const heading = useRef<HTMLHeadingElement>(null);
  // What was pressed to come here is gone.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const isGone = found.error instanceof PatchbayError && found.error.code === "memory_not_found";
  return (
    <Stack gap="md" maw={720}>
      <Button
        variant="subtle"
        w="fit-content"
        maw="100%"
        px={4}
        leftSection={<IconArrowLeft size={16} aria-hidden />}
        onClick={onBack}
      >
        {t("one.back", { namespace })}
      </Button>
      <Title order={2} ref={heading} tabIndex={-1} className={styles.heading}>
        {t("one.title")}
      </Title>
      {isGone ? (
        <Text>{t("one.gone")}</Text>
      ) : found.data !== undefined ? (
        <Known {...props} memory={found.data} />
      ) : found.isLoadingError ? (
        <RetryProblem error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton height={240} />
      )}
    </Stack>
  );
};

const Known = ({ memory, ...place }: OneMemoryProps & { readonly memory: MemoryWithHistoryDto }) => {
  const { t } = useTranslation("memory");
  const [open, setOpen] = useState<"correct" | "delete" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <FoldedText text={memory.text} />
      <Group gap="xs">
        <Button variant="default" onClick={() => setOpen("correct")}>
          {t("correct.open")}
        </Button>
        <Button variant="default" onClick={() => setOpen("delete")}>
          {t("delete.open")}
        </Button>
      </Group>
      <MemoryFacts memory={memory} />
      <Citations citations={memory.citations} />
      <MemoryHistory history={memory.history} />
      {open === "correct" && <CorrectMemoryDialog {...place} memory={memory} onClose={close} />}
      {open === "delete" && <DeleteMemory {...place} text={memory.text} onClose={close} />}
    </>
  );
};

const MemoryFacts = ({ memory }: { readonly memory: MemoryWithHistoryDto }) => {
  const { t } = useTranslation("memory");
  const { id, createdAt, updatedAt, expiresAt, metadata } = memory;
  return (
    <Facts title={t("one.facts")}>
      <Fact name={t("one.expiry")}>{expiresAt === null ? t("one.stays") : <Moment at={expiresAt} />}</Fact>
      <Fact name={t("one.created")}>
        <Moment at={createdAt} />
      </Fact>
      <Fact name={t("one.updated")}>
        <Moment at={updatedAt} />
      </Fact>
      <Fact name={t("one.metadata")}>
        {Object.keys(metadata).length === 0 ? (
          t("one.noMetadata")
        ) : (
          <FoldedText text={jsonOfMetadata(metadata)} isCode />
        )}
      </Fact>
      <Fact name={t("one.id")}>
        <bdi>{id}</bdi>
      </Fact>
    </Facts>
  );
};

const Moment = ({ at }: { readonly at: string }) => {
  const formats = useFormats();
  return (
    <time dateTime={at} title={formats.ago(at)}>
      {formats.dateTime(at)}
    </time>
  );
};

const Citations = ({ citations }: Pick<MemoryWithHistoryDto, "citations">) => {
  const { t } = useTranslation("memory");
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{t("one.citations")}</Title>
      {citations.length === 0 && <Text size="sm">{t("one.noCitations")}</Text>}
      {citations.map(({ message, quote }) => (
        <blockquote key={`${message} ${quote}`} className={styles.quote}>
          <FoldedText text={quote} />
          <Text size="xs" c="dimmed" className={styles.text ?? ""} dir="auto">
            {t("one.message", { id: message })}
          </Text>
        </blockquote>
      ))}
    </Stack>
  );
};

interface DeleteMemoryProps extends OneMemoryProps {
  readonly text: string;
  readonly onClose: () => void;
}

const DeleteMemory = ({ plugin, namespace, id, text, onBack, onClose }: DeleteMemoryProps) => {
  const { t } = useTranslation("memory");
  const { org, client } = useOrganization();
  const queries = useQueryClient();
  const remove = async (): Promise<void> => {
    await client.memory.delete(plugin, namespace, id);
    tellDone(t("delete.done"));
    onBack();
    queries.removeQueries({ queryKey: memoryQuery(org, plugin, namespace, id).queryKey });
    await queries.invalidateQueries({ queryKey: [org, "memory"] });
  };
  return (
    <ConfirmDialog title={t("delete.title")} action={t("delete.title")} onConfirm={remove} onClose={onClose}>
      <Stack gap="sm">
        <FoldedText text={text} />
        <Text>{t("delete.text")}</Text>
      </Stack>
    </ConfirmDialog>
  );
};
