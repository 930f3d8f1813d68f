import { Button, Group, NativeSelect, SimpleGrid, Stack, Switch, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NumberInput } from "../../../components/number-input.tsx";
import { JsonArea } from "../../../components/schema-form/json-area.tsx";
import { type Question, schemaOf } from "./question.ts";
import { Turns } from "./turns.tsx";
import { WrittenText } from "./written-text.tsx";

const MAX_TEMPERATURE = 2;

export interface QuestionFormProps {
  /** Absent until they are known. */
  readonly models: readonly string[] | undefined;
  readonly question: Question;
  readonly onChange: (question: Question) => void;
  readonly isRunning: boolean;
  /** Absent as long as there is nothing that could be sent. */
  readonly onSend: (() => void) | undefined;
  readonly onStop: () => void;
}

/** Where a question is written. */
export const QuestionForm = ({
  models,
  question,
  onChange,
  isRunning,
  onSend,
  onStop,
}: QuestionFormProps) => {
  const { t } = useTranslation("playground");
  const { model, system, turns, temperature, maxTokens, schema, stream } = question;
  const change = (part: Partial<Question>) => onChange({ ...question, ...part });
  return (
    <form
      aria-label={t("question")}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isRunning) onSend?.();
      }}
    >
      <Stack gap="md">
        <Title order={2} size="h3">
          {t("question")}
        </Title>
        <NativeSelect
          label={t("model")}
          {...(models?.length === 0 && { error: t("none") })}
          value={model}
          data={[...(models ?? [])]}
          onChange={({ currentTarget }) => change({ model: currentTarget.value })}
        />
        <WrittenText
          label={t("system")}
          description={t("systemHelp")}
          value={system}
          rows={2}
          onChange={(next) => change({ system: next })}
        />
        <Turns turns={turns} onChange={(next) => change({ turns: next })} />
        <Title order={3}>{t("settings")}</Title>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <NumberInput
            label={t("temperature")}
            description={t("temperatureHelp")}
            value={temperature}
            minimum={0}
            maximum={MAX_TEMPERATURE}
            onChange={(next) => change({ temperature: next })}
          />
          <NumberInput
            label={t("maxTokens")}
            description={t("maxTokensHelp")}
            value={maxTokens}
            isInteger
            minimum={1}
            onChange={(next) => change({ maxTokens: next })}
          />
        </SimpleGrid>
        <JsonArea
          label={t("schema")}
          description={t("schemaHelp")}
          {...(schemaOf(question) === undefined && { error: t("schemaFault") })}
          value={schema}
          rows={3}
          onChange={(next) => change({ schema: next })}
        />
        <Switch
          label={t("stream")}
          checked={stream}
          onChange={({ currentTarget }) => change({ stream: currentTarget.checked })}
        />
        <Group gap="xs">
          {isRunning ? (
            <Button
              variant="default"
              onClick={(event) => {
                // By the time of the default action this may be the button that submits.
                event.preventDefault();
                onStop();
              }}
            >
              {t("stop")}
            </Button>
          ) : (
            <Button type="submit" disabled={onSend === undefined}>
              {t("send")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
};
