import { Alert, Button, Code, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { PatchbayError } from "@patchbay/protocol";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../../components/copy-button.tsx";
import { useFormats } from "../../../components/formats.ts";
import { IconAlertTriangle } from "../../../components/icons.tsx";
import { BoundedText } from "../../../components/try-tool/bounded-text.tsx";
import styles from "../../../components/try-tool/try-tool.module.css";
import own from "./answer.module.css";
import { ModelProblem } from "./model-problem.ts";
import type { AnswerState } from "./use-question.ts";

export interface AnswerProps {
  readonly state: AnswerState;
  /** Makes the answer a part of the conversation. */
  readonly onGoOn: () => void;
}

/** What a model answers, as it comes, with what it took; or what went wrong. */
export const Answer = ({ state, onGoOn }: AnswerProps) => {
  const { t } = useTranslation("playground");
  const heading = useId();
  const { phase, said, error } = state;
  return (
    <Stack component="section" gap="xs" aria-labelledby={heading} miw={0} className={own.answer}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h3" id={heading}>
          {t("answer")}
        </Title>
        {said.text !== "" && <CopyButton value={said.text} label={t("copyAnswer")} />}
      </Group>
      <Status state={state} />
      {phase === "failed" && <Problem error={error} />}
      {said.reasoning !== "" && (
        <details>
          <summary>{t("reasoning")}</summary>
          <Text size="sm" c="dimmed" className={styles.text}>
            <BoundedText text={said.reasoning} />
          </Text>
        </details>
      )}
      {said.text !== "" && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer is scrolled by keyboard as well
        <section className={styles.result} tabIndex={0} aria-label={t("said")}>
          <p className={styles.text}>
            <BoundedText text={said.text} />
          </p>
        </section>
      )}
      {(said.finish === "length" || said.finish === "content_filter") && (
        <Text size="sm">{t(`finish.${said.finish}`)}</Text>
      )}
      {phase === "done" && said.text !== "" && (
        <Button variant="default" size="xs" w="fit-content" onClick={onGoOn}>
          {t("goOn")}
        </Button>
      )}
    </Stack>
  );
};

const Status = ({ state: { phase, said, ms, firstMs } }: Pick<AnswerProps, "state">) => {
  const { t } = useTranslation("playground");
  const formats = useFormats();
  const duration = formats.duration(Math.round(ms));
  const facts = [
    phase === "idle" ? t("idle") : t(`phase.${phase}`, { duration }),
    ...(said.model === "" ? [] : [t("by", { model: said.model })]),
    ...(firstMs === null ? [] : [t("first", { duration: formats.duration(Math.round(firstMs)) })]),
    ...(said.usage === null
      ? []
      : [
          t("tokens", {
            input: formats.number(said.usage.input),
            output: formats.number(said.usage.output),
          }),
        ]),
  ];
  return (
    <Group gap="xs">
      {phase === "running" && <Loader size={14} aria-hidden />}
      <Text size="sm" c="dimmed" role="status">
        {facts.join(" · ")}
      </Text>
    </Group>
  );
};

const hasCode = (error: unknown): error is { readonly code: string } =>
  (error instanceof ModelProblem && error.code !== undefined) || error instanceof PatchbayError;

/** In the words of the gateway: it is asked as by any client, which would read the same. */
const Problem = ({ error }: { readonly error: unknown }) => {
  const { t } = useTranslation("playground");
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={t("failed")}
    >
      <Text style={{ overflowWrap: "anywhere" }}>
        {error instanceof Error ? error.message : String(error)}
      </Text>
      {hasCode(error) && <Code>{error.code}</Code>}
    </Alert>
  );
};
