import { Skeleton, Stack, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import styles from "./markdown.module.css";
import { isCheapMarkdown } from "./markdown-cost.ts";

const MarkdownView = lazy(() => import("./markdown-view.tsx"));

interface MarkdownProps {
  /** Text in Markdown from anybody, such as a README. */
  readonly text: string;
}

/**
 * Text in Markdown, shown safely: HTML in it stays text, pictures are their descriptions, links open elsewhere. Its headings begin
 * below the page's own. Loads its code when it is first shown.
 */
export const Markdown = ({ text }: MarkdownProps) =>
  isCheapMarkdown(text) ? (
    <Suspense
      fallback={
        <Stack gap="xs" aria-busy="true">
          <Skeleton height={20} width="40%" />
          <Skeleton height={60} />
        </Stack>
      }
    >
      <MarkdownView text={text} />
    </Suspense>
  ) : (
    <AsWritten text={text} />
  );

/** Characters of a text that are shown as they are; a browser lays out this much at once. */
const MAX_PLAIN_CHARACTERS = 512 * 1024;

const AsWritten = ({ text }: MarkdownProps) => {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t("plainMarkdown")}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard as well */}
      <pre className={styles.plain} tabIndex={0}>
        {text.slice(0, MAX_PLAIN_CHARACTERS)}
      </pre>
    </Stack>
  );
};
