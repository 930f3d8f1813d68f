import { Skeleton, Stack } from "@mantine/core";
import { lazy, Suspense } from "react";

const MarkdownView = lazy(() => import("./markdown-view.tsx"));

interface MarkdownProps {
  /** Text in Markdown from anybody, such as a README. */
  readonly text: string;
}

/**
 * Text in Markdown, shown safely: HTML in it stays text, pictures are their descriptions, links open elsewhere. Its headings begin
 * below the page's own. Loads its code when it is first shown.
 */
export const Markdown = ({ text }: MarkdownProps) => (
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
);
