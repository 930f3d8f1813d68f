import { Alert, Code, List, Stack, Text } from "@mantine/core";
import { type FieldError, PatchbayError, tokensOf } from "@patchbay/protocol";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle } from "./icons.tsx";
import styles from "./problem-alert.module.css";
import { problemWords } from "./problem-words.ts";

export interface ProblemAlertProps {
  readonly error: unknown;
  /** What did not work. Without one the kind of the error is the title. */
  readonly title?: string;
  /** What the field at a pointer is called on the page. */
  readonly fieldOf?: (pointer: string) => string;
}

/** An error for its readers: what did not work, what happened, what to do; for those who help them, code and request. */
export const ProblemAlert = ({ error, title, fieldOf = plainField }: ProblemAlertProps) => {
  const { t } = useTranslation("problems");
  const words = problemWords(t, error, title);
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={words.title}
    >
      <Stack gap={4}>
        <Text>{words.text}</Text>
        {words.said !== undefined && <Text style={{ overflowWrap: "anywhere" }}>{words.said}</Text>}
        {error instanceof PatchbayError && <Fields errors={error.errors} fieldOf={fieldOf} />}
        <Text>{words.action}</Text>
        {error instanceof PatchbayError && (
          <ProblemDetails code={error.code} requestId={error.facts.requestId} />
        )}
      </Stack>
    </Alert>
  );
};

/** A pointer as words: the names on its way. */
const plainField = (pointer: string): string => tokensOf(pointer).join(", ");

const Fields = ({
  errors,
  fieldOf,
}: Pick<Required<ProblemAlertProps>, "fieldOf"> & { readonly errors: readonly FieldError[] }) => {
  const { t } = useTranslation("problems");
  if (errors.length === 0) return null;
  return (
    <List aria-label={t("fields")} size="sm">
      {errors.map(({ pointer, message }) => {
        const field = fieldOf(pointer);
        return (
          <List.Item key={`${pointer} ${message}`} style={{ overflowWrap: "anywhere" }}>
            {field !== "" && <strong>{field}: </strong>}
            {message}
          </List.Item>
        );
      })}
    </List>
  );
};

interface ProblemDetailsProps {
  readonly code: string;
  readonly requestId?: unknown;
}

/** For those who help somebody with an error: its code and its request. */
export const ProblemDetails = ({ code, requestId }: ProblemDetailsProps) => {
  const { t } = useTranslation("problems");
  return (
    <details className={styles.details}>
      <summary>{t("details")}</summary>
      <Text size="xs">
        {t("code")} <Code>{code}</Code>
      </Text>
      {typeof requestId === "string" && (
        <Text size="xs">
          {t("request")} <Code>{requestId}</Code>
        </Text>
      )}
    </details>
  );
};
