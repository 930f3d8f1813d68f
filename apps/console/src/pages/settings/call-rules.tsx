import { Fieldset, Stack, Switch, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NumberInput } from "../../components/number-input.tsx";
import type { PolicyPartProps } from "./policy-rules.tsx";

/** What the log of calls keeps, and for how long. */
export const CallRules = ({ rules, disabled, onChange }: PolicyPartProps) => {
  const { t } = useTranslation("policy");
  const { callDays, calls, callContent } = rules;
  const ids = { description: t("plugins.patterns"), splitChars: [",", " "], disabled };
  return (
    <Fieldset legend={t("calls.legend")} disabled={disabled}>
      <Stack gap="sm">
        <NumberInput
          label={t("calls.days")}
          description={t("calls.daysHelp")}
          isInteger
          minimum={0}
          required
          disabled={disabled}
          value={callDays}
          // A text that is no number stays in the field, which keeps the form from being sent.
          onChange={(days) => onChange({ callDays: (days ?? "") as number })}
        />
        <Switch
          label={t("calls.only")}
          checked={calls !== "all"}
          onChange={({ currentTarget }) => onChange({ calls: currentTarget.checked ? [] : "all" })}
        />
        {calls !== "all" && (
          <TagsInput
            label={t("calls.kept")}
            value={calls}
            onChange={(kept) => onChange({ calls: kept })}
            {...ids}
          />
        )}
        <Switch
          label={t("calls.allContent")}
          description={t("calls.contentHelp")}
          checked={callContent === "all"}
          onChange={({ currentTarget }) => onChange({ callContent: currentTarget.checked ? "all" : [] })}
        />
        {callContent !== "all" && (
          <TagsInput
            label={t("calls.content")}
            value={callContent}
            onChange={(kept) => onChange({ callContent: kept })}
            {...ids}
          />
        )}
      </Stack>
    </Fieldset>
  );
};
