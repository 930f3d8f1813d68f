import { Group, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface PageProps {
  readonly title: string;
  /** Beside the title, such as the page's main button. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page inside the shell: its one heading, its actions, its content. */
export const Page = ({ title, actions, children }: PageProps) => {
  const { t } = useTranslation();
  useDocumentTitle(`${title} · ${t("product")}`);
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Title order={1}>{title}</Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
};
