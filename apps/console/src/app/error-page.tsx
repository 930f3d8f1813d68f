import { Button, Stack } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../components/problem-alert.tsx";

/** For what a page could not be shown without, and for faults of the console's own. */
export const ErrorPage = ({ error, reset }: ErrorComponentProps) => {
  const { t } = useTranslation();
  return (
    <Stack p="xl" gap="md" maw={640}>
      <ProblemAlert error={error} />
      <Button onClick={reset} variant="default" w="fit-content">
        {t("retry")}
      </Button>
    </Stack>
  );
};
