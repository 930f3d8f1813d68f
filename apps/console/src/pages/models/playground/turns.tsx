import { Button, Fieldset, Group, NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../../components/formats.ts";
import type { Turn } from "./question.ts";
import { WrittenText } from "./written-text.tsx";

export interface TurnsProps {
  readonly turns: readonly Turn[];
  readonly onChange: (turns: readonly Turn[]) => void;
}

/** What was said in turn, the last of it the question. */
export const Turns = ({ turns, onChange }: TurnsProps) => {
  const { t } = useTranslation("playground");
  const add = () => {
    const id = Math.max(...turns.map((turn) => turn.id)) + 1;
    onChange([...turns, { id, role: turns.at(-1)?.role === "user" ? "assistant" : "user", content: "" }]);
  };
  return (
    <Fieldset legend={t("conversation")}>
      <Stack gap="sm">
        {turns.map((turn, index) => (
          <TurnFields
            key={turn.id}
            turn={turn}
            number={index + 1}
            onChange={(next) => onChange(turns.map((one) => (one.id === turn.id ? next : one)))}
            onRemove={
              turns.length === 1 ? undefined : () => onChange(turns.filter(({ id }) => id !== turn.id))
            }
          />
        ))}
        <Button variant="default" size="xs" w="fit-content" onClick={add}>
          {t("addTurn")}
        </Button>
      </Stack>
    </Fieldset>
  );
};

interface TurnFieldsProps {
  readonly turn: Turn;
  /** Counted from 1. */
  readonly number: number;
  readonly onChange: (turn: Turn) => void;
  /** Absent for the only one. */
  readonly onRemove: (() => void) | undefined;
}

const TurnFields = ({ turn, number, onChange, onRemove }: TurnFieldsProps) => {
  const { t } = useTranslation("playground");
  const formats = useFormats();
  const named = { number: formats.number(number) };
  return (
    <Stack gap={4}>
      <Group gap="xs" justify="space-between">
        <NativeSelect
          size="xs"
          aria-label={t("roleOf", named)}
          value={turn.role}
          data={(["user", "assistant"] as const).map((role) => ({ value: role, label: t(`role.${role}`) }))}
          onChange={({ currentTarget }) => onChange({ ...turn, role: currentTarget.value as Turn["role"] })}
        />
        {onRemove !== undefined && (
          <Button variant="subtle" size="compact-xs" onClick={onRemove}>
            {t("removeTurn", named)}
          </Button>
        )}
      </Group>
      <WrittenText
        label={t("turn", named)}
        isLabelShown={false}
        value={turn.content}
        rows={3}
        onChange={(content) => onChange({ ...turn, content })}
      />
    </Stack>
  );
};
