import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PREVIEW_CHARACTERS } from "../../limits.ts";
import { readJson } from "../schema-form/json-text.ts";

interface LastInputsProps {
  /** As JSON, the newest first. */
  readonly inputs: readonly string[];
  readonly onChoose: (input: unknown) => void;
}

/** What the person has called the tool with before, in this browser. */
export const LastInputs = ({ inputs, onChoose }: LastInputsProps) => {
  const { t } = useTranslation("tools");
  if (inputs.length === 0) return null;
  return (
    <NativeSelect
      label={t("lastInputs")}
      value=""
      onChange={({ currentTarget: { value } }) => {
        const read = readJson(value);
        if (read.fault === null && value !== "") onChoose(read.value);
      }}
      data={[
        { value: "", label: t("chooseInput") },
        ...inputs.map((json) => ({ value: json, label: json.slice(0, PREVIEW_CHARACTERS) })),
      ]}
    />
  );
};
