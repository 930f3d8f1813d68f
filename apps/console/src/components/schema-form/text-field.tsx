import { Textarea, TextInput } from "@mantine/core";
import { type ClipboardEvent, useState } from "react";
import { MAX_EDITED_CHARACTERS } from "../../limits.ts";
import { LongText, rowsOf } from "../long-text.tsx";
import { ownValue } from "../own-value.ts";
import type { ControlProps } from "./field.tsx";
import type { FormSchema } from "./json-schema.ts";
import { pasteWhole } from "./paste-whole.ts";

type Editable = HTMLInputElement | HTMLTextAreaElement;

/** A text. One that is too long for a field is named instead of shown. */
export const TextField = (props: ControlProps) => {
  const { control, schema, isRequired, isMember = false, value, onChange } = props;
  const [example] = schema.examples ?? [];
  const text = typeof value === "string" ? value : "";
  const kind = useInputKind(schema, text);
  const change = (next: string) => onChange(afterChange(next, schema, isRequired || isMember));
  if (text.length > MAX_EDITED_CHARACTERS)
    return <LongText {...control} value={text} onClear={() => change("")} />;
  const shared = {
    ...control,
    value: text,
    onChange: ({ currentTarget }: { currentTarget: Editable }) => change(currentTarget.value),
    onPaste: (event: ClipboardEvent<Editable>) => pasteWhole(event, change),
    ...(typeof example === "string" && { placeholder: example }),
  };
  return schema.multiline === true ? (
    <Textarea {...shared} rows={rowsOf(text, 3)} styles={{ input: { resize: "vertical" } }} />
  ) : (
    <TextInput {...shared} {...kind} />
  );
};

/**
 * What an emptied field leaves: the empty text, where leaving the value away would bring a default back or break a requirement;
 * otherwise nothing. `isKept`: whether the value cannot be left away.
 */
export const afterChange = (text: string, schema: FormSchema, isKept: boolean): string | undefined =>
  text === "" && schema.default === undefined && !isKept ? undefined : text;

/** Browsers' own controls that hand over just what was entered, and the texts that they can show. */
const PICKERS: Readonly<Record<string, { readonly type: string; readonly shows: RegExp }>> = {
  date: { type: "date", shows: /^\d{4}-\d\d-\d\d$/ },
  time: { type: "time", shows: /^\d\d:\d\d(?::\d\d)?$/ },
  "date-time": { type: "datetime-local", shows: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?$/ },
};
const KEYBOARDS: Readonly<Record<string, "email" | "url">> = { email: "email", uri: "url" };

/** The attributes of the input. A text that a picker would hide, such as a time with its zone, is edited as a text from then on. */
const useInputKind = ({ format = "" }: FormSchema, text: string) => {
  const picker = ownValue(PICKERS, format);
  const isHidden = picker !== undefined && text !== "" && !picker.shows.test(text);
  const [isText, setIsText] = useState(isHidden);
  if (isHidden && !isText) setIsText(true);
  if (picker === undefined || isHidden || isText)
    return { type: "text", inputMode: ownValue(KEYBOARDS, format) };
  const hasSeconds = /:\d\d:\d\d$/.test(text);
  return {
    type: picker.type,
    step: hasSeconds ? 1 : undefined,
    styles: { wrapper: { maxWidth: 240 } },
  };
};
