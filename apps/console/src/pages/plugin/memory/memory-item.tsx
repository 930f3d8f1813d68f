import { Group, Stack, Text } from "@mantine/core";
import type { MemoryEntryDto } from "@patchbay/protocol";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { ButtonLink } from "../../../components/links.tsx";
import { FoldedText } from "./folded-text.tsx";
import styles from "./memory.module.css";
import { nameOfText } from "./memory-text.ts";

export interface MemoryItemProps {
  readonly memory: MemoryEntryDto;
  /** Whether somebody comes back from it: there they go on. */
  readonly isLast: boolean;
  /** Why it is in the list. */
  readonly children?: ReactNode;
}

/** One memory of a list. */
export const MemoryItem = ({ memory, isLast, children }: MemoryItemProps) => {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isLast) link.current?.focus();
  }, [isLast]);
  const { id, text, updatedAt, expiresAt, citations } = memory;
  const name = nameOfText(text);
  const facts = [
    t("known", { when: formats.ago(updatedAt) }),
    expiresAt !== null && t("expires", { when: formats.ago(expiresAt) }),
    citations.length > 0 && t("cited", { count: citations.length, number: formats.number(citations.length) }),
  ].filter((fact) => fact !== false);
  return (
    <li className={styles.entry}>
      <Stack gap={4} role="group" aria-label={name}>
        <FoldedText text={text} />
        {children}
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {facts.join(" · ")}
          </Text>
          <ButtonLink
            ref={link}
            to="."
            search={(old: object) => ({ ...old, memory: id })}
            resetScroll={false}
            variant="default"
            size="xs"
            aria-label={t("openNamed", { name })}
          >
            {t("open")}
          </ButtonLink>
        </Group>
      </Stack>
    </li>
  );
};
