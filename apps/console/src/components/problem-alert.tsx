import { Alert, Code, Group, List, Text } from "@mantine/core";
import { PatchbayError } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle } from "./icons.tsx";
import { isOffline } from "./is-offline.ts";

/** An error in the words of the API: what happened, what is wrong where, its code and the request that it belongs to. */
export const ProblemAlert = ({ error, title }: { error: unknown; title?: string }) => {
  const { t } = useTranslation();
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={isOffline(error) ? t("problem.offlineTitle") : (title ?? t("problem.title"))}
    >
      {isOffline(error) ? (
        <Text>{t("problem.offline")}</Text>
      ) : error instanceof PatchbayError ? (
        <Problem error={error} />
      ) : (
        <Text>
          {t("problem.unexpected", { message: error instanceof Error ? error.message : String(error) })}
        </Text>
      )}
    </Alert>
  );
};

const Problem = ({ error }: { error: PatchbayError }) => {
  const { t } = useTranslation();
  const { requestId, remedy } = error.facts as { requestId?: string; remedy?: string };
  return (
    <>
      <Text>{error.message}</Text>
      {remedy !== undefined && !error.message.endsWith(remedy) && <Text>{remedy}</Text>}
      {error.errors.length > 0 && (
        <List aria-label={t("problem.fields")} size="sm" mt="xs">
          {error.errors.map(({ pointer, message }) => (
            <List.Item key={`${pointer} ${message}`}>
              <Code>{pointer === "" ? "/" : pointer}</Code> {message}
            </List.Item>
          ))}
        </List>
      )}
      <Group gap="md" mt="xs">
        <Text size="xs" c="dimmed">
          {t("problem.code")} <Code>{error.code}</Code>
        </Text>
        {requestId !== undefined && (
          <Text size="xs" c="dimmed">
            {t("problem.request")} <Code>{requestId}</Code>
          </Text>
        )}
      </Group>
    </>
  );
};
