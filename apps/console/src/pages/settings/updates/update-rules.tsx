import {
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NumberInput } from "../../../components/number-input.tsx";
import {
  newWindow,
  STRATEGIES,
  type Strategy,
  type UpdateRules,
  type UpdateWindow,
  WEEKDAYS,
} from "./updates-draft.ts";

export interface UpdatePartProps {
  readonly rules: UpdateRules;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<UpdateRules>) => void;
}

const MAX_AGE_HOURS = 24 * 365;
const LISTS = { splitChars: [",", " "] };

/** Which updates, for which plugins. */
export const StrategyRules = ({ rules, disabled, onChange }: UpdatePartProps) => {
  const { t } = useTranslation("updates");
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t("rules.strategy")}
        disabled={disabled}
        value={rules.strategy}
        onChange={({ currentTarget }) => onChange({ strategy: currentTarget.value as Strategy })}
        data={STRATEGIES.map((value) => ({ value, label: t(`rules.${value}`) }))}
      />
      <Switch
        label={t("rules.only")}
        disabled={disabled}
        checked={rules.include !== "all"}
        onChange={({ currentTarget }) => onChange({ include: currentTarget.checked ? [] : "all" })}
      />
      {rules.include !== "all" && (
        <TagsInput
          label={t("rules.include")}
          description={t("rules.patterns")}
          disabled={disabled}
          value={rules.include}
          onChange={(include) => onChange({ include })}
          {...LISTS}
        />
      )}
      <TagsInput
        label={t("rules.exclude")}
        description={t("rules.patterns")}
        disabled={disabled}
        value={rules.exclude}
        onChange={(exclude) => onChange({ exclude })}
        {...LISTS}
      />
    </Stack>
  );
};

/** How long versions must have been out. */
export const AgeRules = ({ rules, disabled, onChange }: UpdatePartProps) => {
  const { t } = useTranslation("updates");
  return (
    <Stack gap="sm">
      <NumberInput
        label={t("rules.age")}
        description={t("rules.ageHelp")}
        disabled={disabled}
        isInteger
        required
        minimum={0}
        maximum={MAX_AGE_HOURS}
        value={rules.minimumAgeHours}
        // What is no number stays in sight and keeps the form from being sent.
        onChange={(hours) => onChange({ minimumAgeHours: (hours ?? "") as number })}
      />
      <TagsInput
        label={t("rules.exceptions")}
        description={t("rules.patterns")}
        disabled={disabled}
        value={rules.ageExceptions}
        onChange={(ageExceptions) => onChange({ ageExceptions })}
        {...LISTS}
      />
      <Switch
        label={t("rules.atOnce")}
        description={t("rules.atOnceHelp")}
        disabled={disabled}
        checked={rules.securityAtOnce}
        onChange={({ currentTarget }) => onChange({ securityAtOnce: currentTarget.checked })}
      />
    </Stack>
  );
};

/** When updates are made. */
export const WindowRules = ({ rules: { window }, disabled, onChange }: UpdatePartProps) => {
  const { t } = useTranslation("updates");
  return (
    <Stack gap="sm">
      <Switch
        label={t("rules.windowed")}
        disabled={disabled}
        checked={window !== null}
        onChange={({ currentTarget }) => onChange({ window: currentTarget.checked ? newWindow() : null })}
      />
      {window !== null && (
        <WindowFields
          window={window}
          disabled={disabled}
          onChange={(change) => onChange({ window: { ...window, ...change } })}
        />
      )}
    </Stack>
  );
};

const WindowFields = ({
  window,
  disabled,
  onChange,
}: {
  window: UpdateWindow;
  disabled: boolean;
  onChange: (change: Partial<UpdateWindow>) => void;
}) => {
  const { t } = useTranslation("updates");
  return (
    <Fieldset legend={t("rules.windowed")} disabled={disabled}>
      <Stack gap="sm">
        <Checkbox.Group
          label={t("rules.days")}
          value={[...window.days]}
          onChange={(days) => onChange({ days: WEEKDAYS.filter((day) => days.includes(day)) })}
        >
          <Group mt="xs" gap="sm">
            {WEEKDAYS.map((day) => (
              <Checkbox key={day} value={day} label={t(`rules.day.${day}`)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Group align="flex-start">
          {(["from", "to"] as const).map((end) => (
            <TextInput
              key={end}
              type="time"
              required
              label={t(`rules.${end}`)}
              value={window[end]}
              onChange={({ currentTarget }) => onChange({ [end]: currentTarget.value })}
            />
          ))}
          <TextInput
            label={t("rules.timeZone")}
            required
            value={window.timeZone}
            onChange={({ currentTarget }) => onChange({ timeZone: currentTarget.value })}
          />
        </Group>
        {window.to <= window.from && <Text size="sm">{t("rules.nextDay")}</Text>}
      </Stack>
    </Fieldset>
  );
};
