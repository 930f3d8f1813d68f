import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ControlProps } from "./field.tsx";
import { JsonArea } from "./json-area.tsx";
import { readJson, writeJson } from "./json-text.ts";

/** Any value, as JSON. While the text does not parse, the value stays as it was and the form cannot be submitted. */
export const JsonField = ({ control, value, onChange }: ControlProps) => {
  const { t } = useTranslation("forms");
  const area = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState<{ text: string; value: unknown } | null>(null);
  // What came from outside since then, such as a reset, is what is shown.
  const isCurrent = draft !== null && (draft.value === value || writeJson(draft.value) === writeJson(value));
  const text = isCurrent ? draft.text : writeJson(value);
  const read = readJson(text);
  const fault = read.fault === null ? "" : t(read.fault, { number: read.number });
  useEffect(() => area.current?.setCustomValidity(fault), [fault]);
  return (
    <JsonArea
      {...control}
      ref={area}
      error={fault === "" ? control.error : fault}
      value={text}
      onChange={(next) => {
        const changed = readJson(next);
        setDraft({ text: next, value: changed.fault === null ? changed.value : value });
        if (changed.fault === null) onChange(changed.value);
      }}
      rows={3}
    />
  );
};
