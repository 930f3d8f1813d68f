import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ControlProps } from "./field.tsx";

const textOf = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, null, 2));

/** Any value, as JSON. While the text does not parse, the value stays as it was and the form cannot be submitted. */
export const JsonField = ({ control, value, onChange }: ControlProps) => {
  const { t } = useTranslation("forms");
  const [draft, setDraft] = useState<{ text: string; value: unknown; isBroken: boolean } | null>(null);
  // What came from outside since then, such as a reset, is what is shown.
  const isCurrent = draft !== null && textOf(draft.value) === textOf(value);
  const text = isCurrent ? draft.text : textOf(value);
  const isBroken = isCurrent && draft.isBroken;
  const change = (area: HTMLTextAreaElement) => {
    const read = parse(area.value);
    area.setCustomValidity(read.isBroken ? t("notJson") : "");
    setDraft({ text: area.value, isBroken: read.isBroken, value: read.isBroken ? value : read.value });
    if (!read.isBroken) onChange(read.value);
  };
  return (
    <Textarea
      {...control}
      error={isBroken ? t("notJson") : control.error}
      value={text}
      onChange={({ currentTarget }) => change(currentTarget)}
      autosize
      minRows={3}
      maxRows={16}
      spellCheck={false}
      placeholder={t("json")}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
    />
  );
};

const parse = (text: string): { isBroken: boolean; value: unknown } => {
  if (text.trim() === "") return { isBroken: false, value: undefined };
  try {
    return { isBroken: false, value: JSON.parse(text) };
  } catch {
    return { isBroken: true, value: undefined };
  }
};
