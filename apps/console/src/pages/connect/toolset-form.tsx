import { Button, NativeSelect, Stack, Textarea, TextInput } from "@mantine/core";
import { TOOLSET_MODES } from "@patchbay/protocol";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { DialogActions, useDialog } from "../../components/dialog.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { ToolPicker } from "./tool-picker.tsx";
import type { ToolsetValues } from "./toolset-values.ts";

export interface ToolsetFormProps {
  readonly values: ToolsetValues;
  readonly onChange: (values: ToolsetValues) => void;
  readonly failure: { readonly title: string; readonly error: Error } | null;
  /** What the button says that saves. */
  readonly action: string;
  readonly isSaving: boolean;
  readonly mayBeSaved: boolean;
  readonly onSave: () => void;
  /** Stands before its fields. */
  readonly children: ReactNode;
}

/** What can be entered of a toolset, whether it is made or changed. */
export const ToolsetForm = (props: ToolsetFormProps) => {
  const { values, onChange, failure, children } = props;
  const { t } = useTranslation(["connect", "common"]);
  const { close } = useDialog();
  const change = (part: Partial<ToolsetValues>) => onChange({ ...values, ...part });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave();
      }}
    >
      <Stack gap="sm">
        {failure !== null && <ProblemAlert title={failure.title} error={failure.error} />}
        {children}
        <TextInput
          label={t("field.title")}
          description={t("common:optional")}
          maxLength={100}
          value={values.title}
          onChange={({ currentTarget }) => change({ title: currentTarget.value })}
        />
        <Textarea
          label={t("field.description")}
          description={t("field.descriptionHelp")}
          maxLength={4_000}
          autosize
          minRows={2}
          maxRows={8}
          value={values.description}
          onChange={({ currentTarget }) => change({ description: currentTarget.value })}
        />
        <NativeSelect
          label={t("field.mode")}
          description={t("field.modeHelp")}
          value={values.mode}
          onChange={({ currentTarget }) =>
            change({ mode: TOOLSET_MODES.find((mode) => mode === currentTarget.value) ?? "tools" })
          }
          data={TOOLSET_MODES.map((value) => ({ value, label: t(`mode.${value}`) }))}
        />
        <ToolPicker chosen={values.tools} onChange={(tools) => change({ tools })} />
      </Stack>
      <DialogActions>
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" disabled={!props.mayBeSaved} loading={props.isSaving}>
          {props.action}
        </Button>
      </DialogActions>
    </form>
  );
};
