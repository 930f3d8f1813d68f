import { Textarea } from "@mantine/core";
import type { ClipboardEvent } from "react";
import { LongText, rowsOf } from "../../../components/long-text.tsx";
import { pasteWhole } from "../../../components/schema-form/paste-whole.ts";
import { MAX_EDITED_CHARACTERS } from "../../../limits.ts";

export interface WrittenTextProps {
  readonly label: string;
  /** Whether the label stands above; else it is there for those who do not see. */
  readonly isLabelShown?: boolean;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** At least. */
  readonly rows: number;
}

/** Where somebody writes to a model. What is too long for a field is named instead. */
export const WrittenText = ({
  label,
  isLabelShown = true,
  description,
  value,
  onChange,
  rows,
}: WrittenTextProps) => {
  if (value.length > MAX_EDITED_CHARACTERS)
    return <LongText label={label} description={description} value={value} onClear={() => onChange("")} />;
  return (
    <Textarea
      {...(isLabelShown ? { label, description } : { "aria-label": label })}
      value={value}
      rows={rowsOf(value, rows)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      onPaste={(event: ClipboardEvent<HTMLTextAreaElement>) => pasteWhole(event, onChange)}
      styles={{ input: { resize: "vertical" } }}
    />
  );
};
