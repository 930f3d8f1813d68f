import { Center, Paper, Stack, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A page outside the shell, with one thing to do. */
export const CenteredPage = ({ title, children }: { title: string; children: ReactNode }) => {
  const { t } = useTranslation();
  useDocumentTitle(`${title} · ${t("product")}`);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="lg" w="100%" maw={400}>
        <Stack gap="md">
          <Title order={1}>{title}</Title>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
};
