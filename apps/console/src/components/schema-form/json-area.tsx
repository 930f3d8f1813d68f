import { Textarea } from "@mantine/core";
import type { ClipboardEvent, ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";
import { MAX_EDITED_CHARACTERS } from "../../limits.ts";
import { LongText, rowsOf } from "../long-text.tsx";
import { pasteWhole } from "./paste-whole.ts";

export interface JsonAreaProps {
  readonly ref?: Ref<HTMLTextAreaElement>;
  readonly label: string;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly disabled?: boolean;
  readonly withAsterisk?: boolean;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** At least. */
  readonly rows: number;
}

/** Where JSON is written. */
export const JsonArea = ({ ref, value, onChange, rows, error, ...control }: JsonAreaProps) => {
  const { t } = useTranslation("forms");
  if (value.length > MAX_EDITED_CHARACTERS)
    return <LongText {...control} error={error} value={value} onClear={() => onChange("")} />;
  return (
    <Textarea
      {...control}
      {...(ref !== undefined && { ref })}
      error={error}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      onPaste={(event: ClipboardEvent<HTMLTextAreaElement>) => pasteWhole(event, onChange)}
      rows={rowsOf(value, rows)}
      spellCheck={false}
      placeholder={t("json")}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", resize: "vertical" } }}
    />
  );
};
