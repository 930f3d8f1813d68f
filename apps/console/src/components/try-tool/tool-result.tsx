import { Group, Loader, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../copy-button.tsx";
import { useFormats } from "../formats.ts";
import { ButtonLink } from "../links.tsx";
import { ProblemAlert } from "../problem-alert.tsx";
import { writeJson } from "../schema-form/json-text.ts";
import { AnswerFiles } from "./answer-files.tsx";
import { BoundedText } from "./bounded-text.tsx";
import { contentPartsOf } from "./content-parts.ts";
import { ContentView } from "./content-view.tsx";
import { withNames } from "./tool-files.ts";
import styles from "./try-tool.module.css";
import type { ToolCallState, ToolProgress } from "./use-tool-call.ts";
import { ValueView } from "./value-view.tsx";

export interface ToolResultProps {
  readonly org: string;
  readonly plugin: string;
  readonly call: ToolCallState;
  /** What the field of the input at a pointer is called. */
  readonly fieldOf: (pointer: string) => string;
}

/** What a tool answered: every value as it comes, laid out or as JSON, or what went wrong. */
export const ToolResult = ({ org, plugin, call, fieldOf }: ToolResultProps) => {
  const { t } = useTranslation("tools");
  const heading = useId();
  const [form, setForm] = useState<"formatted" | "raw">("formatted");
  const { phase, values, files, error } = call;
  // A stream is the list of its values; anything else is its one value.
  const value = values.length === 1 ? values[0] : values;
  return (
    <Stack component="section" gap="xs" aria-labelledby={heading} miw={0}>
      <Group justify="space-between" gap="xs">
        <Title order={3} id={heading}>
          {t("result")}
        </Title>
        {values.length > 0 && (
          <Group gap="xs">
            <CopyButton value={() => writeJson(value)} label={t("copyResult")} />
            <SegmentedControl
              size="xs"
              aria-label={t("show")}
              value={form}
              onChange={(next) => setForm(next as typeof form)}
              data={[
                { value: "formatted", label: t("formatted") },
                { value: "raw", label: t("raw") },
              ]}
            />
          </Group>
        )}
      </Group>
      <ResultStatus call={call} />
      {phase === "failed" && (
        <>
          <ProblemAlert error={error} fieldOf={fieldOf} />
          <ButtonLink
            to="/o/$org/plugins/$plugin/logs"
            params={{ org, plugin }}
            variant="default"
            size="xs"
            w="fit-content"
          >
            {t("toLogs")}
          </ButtonLink>
        </>
      )}
      <AnswerFiles files={files} />
      {values.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer is scrolled by keyboard as well
        <section className={styles.result} tabIndex={0} aria-label={t("answer")}>
          {form === "raw" ? (
            <pre className={styles.raw}>
              <BoundedText text={writeJson(value)} />
            </pre>
          ) : (
            <AnswerView value={files.length === 0 ? value : withNames(value, files)} />
          )}
        </section>
      )}
    </Stack>
  );
};

const AnswerView = ({ value }: { readonly value: unknown }) => {
  const parts = contentPartsOf(value);
  return parts === null ? <ValueView value={value} /> : <ContentView parts={parts} />;
};

const ResultStatus = ({
  call: { phase, values, count, sent, progress, ms },
}: Pick<ToolResultProps, "call">) => {
  const { t } = useTranslation("tools");
  const formats = useFormats();
  const progressFacts = ({ done, total, message }: ToolProgress): string[] => [
    total === undefined
      ? formats.number(done)
      : t("progress", { done: formats.number(done), total: formats.number(total) }),
    ...(message === undefined ? [] : [message]),
  ];
  const facts = [
    phase === "idle" ? t("idle") : t(`phase.${phase}`, { duration: formats.duration(Math.round(ms)) }),
    ...(sent === null
      ? []
      : [
          t("file.sent", {
            sent: formats.bytes(sent.sentBytes),
            total: formats.bytes(sent.totalBytes),
            percent: formats.percent(sent.sentBytes / Math.max(sent.totalBytes, 1)),
          }),
        ]),
    ...(progress === null ? [] : progressFacts(progress)),
    ...(count > 1 ? [t("values", { count, number: formats.number(count) })] : []),
    ...(count > values.length ? [t("newest", { number: formats.number(values.length) })] : []),
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
