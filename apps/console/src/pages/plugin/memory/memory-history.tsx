import { Stack, Text, Title } from "@mantine/core";
import type { MemoryWithHistoryDto } from "@patchbay/protocol";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import { changedFields } from "./changed-fields.ts";
import { FoldedText } from "./folded-text.tsx";
import styles from "./memory.module.css";
import { jsonOfMetadata } from "./memory-text.ts";

type Step = MemoryWithHistoryDto["history"][number];
type State = NonNullable<Step["before"]>;

/** What became of a memory: who changed what of it, and when. */
export const MemoryHistory = ({ history }: Pick<MemoryWithHistoryDto, "history">) => {
  const { t } = useTranslation("memory");
  const heading = useId();
  return (
    <Stack gap="xs" component="section" aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t("history.title")}
      </Title>
      <Text size="sm" c="dimmed">
        {t(history.length === 0 ? "history.none" : "history.kept")}
      </Text>
      <ol className={styles.timeline}>
        {history.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: counted from the oldest, as newer ones are added; one change may touch a memory twice
          <li key={history.length - place} className={styles.step}>
            <StepHead step={step} />
            <StepBody step={step} />
          </li>
        ))}
      </ol>
    </Stack>
  );
};

const StepHead = ({ step: { kind, by, at } }: { readonly step: Step }) => {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  return (
    <>
      <Text fw={600}>{t(`history.kind.${kind}`)}</Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        <time dateTime={at} title={formats.dateTime(at)}>
          {formats.ago(at)}
        </time>
        {" · "}
        <bdi>{t(`history.by.${by.kind}`, { name: by.name ?? t("history.nobody") })}</bdi>
      </Text>
    </>
  );
};

const StepBody = ({ step: { before, after } }: { readonly step: Step }) => {
  const { t } = useTranslation("memory");
  if (before === null) return after && <Side name={t("history.begins")} state={after} field="text" />;
  if (after === null) return <Side name={t("history.ends")} state={before} field="text" />;
  const fields = changedFields(before, after);
  if (fields.length === 0) return <Text size="sm">{t("history.same")}</Text>;
  return (
    <Stack gap="sm" mt="xs">
      {fields.map((field) => (
        <div key={field}>
          <Text size="sm" fw={600}>
            {t(`field.${field}`)}
          </Text>
          <div className={styles.sides}>
            <Side name={t("history.before")} state={before} field={field} />
            <Side name={t("history.after")} state={after} field={field} />
          </div>
        </div>
      ))}
    </Stack>
  );
};

interface SideProps {
  readonly name: string;
  readonly state: State;
  readonly field: keyof State;
}

/** A field as it was on one side of a change. */
const Side = ({ name, state, field }: SideProps) => (
  <div>
    <Text size="xs" c="dimmed" mt={4}>
      {name}
    </Text>
    <Value state={state} field={field} />
  </div>
);

const Value = ({ state, field }: Omit<SideProps, "name">) => {
  const { t } = useTranslation("memory");
  const formats = useFormats();
  switch (field) {
    case "text":
      return <FoldedText text={state.text} />;
    case "metadata":
      return <FoldedText text={jsonOfMetadata(state.metadata)} isCode />;
    case "expiresAt":
      return (
        <Text size="sm">{state.expiresAt === null ? t("one.stays") : formats.dateTime(state.expiresAt)}</Text>
      );
    case "citations":
      return <Text size="sm">{formats.number(state.citations.length)}</Text>;
    default:
      return field satisfies never;
  }
};
