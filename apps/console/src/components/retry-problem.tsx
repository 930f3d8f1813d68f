import { Button, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./problem-alert.tsx";

export interface RetryProblemProps {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry: () => void;
}

/** In place of what could not be read. */
export const RetryProblem = ({ error, title, onRetry }: RetryProblemProps) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" align="flex-start">
      <ProblemAlert error={error} {...(title !== undefined && { title })} />
      <Button variant="default" onClick={onRetry}>
        {t("retry")}
      </Button>
    </Stack>
  );
};
