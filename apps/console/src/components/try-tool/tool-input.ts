import { isJsonObject } from "@patchbay/protocol";
import { useMemo, useState } from "react";
import { defaultsOf, fieldKindOf, resolveSchema } from "../schema-form/json-schema.ts";

type Values = Readonly<Record<string, unknown>>;

export interface ToolInput {
  /** Whether the schema makes a form at all. */
  readonly hasForm: boolean;
  readonly mode: "form" | "json";
  readonly values: Values;
  readonly text: string;
  /** What would be sent; `isBroken` when the text is no JSON. */
  readonly read: { readonly isBroken: boolean; readonly value: unknown };
  change(values: Values): void;
  write(text: string): void;
  /** Takes what was entered along; stays in JSON when that is nothing that the form can show. */
  switchTo(mode: "form" | "json"): void;
}

const textOf = (value: unknown): string => JSON.stringify(value, null, 2);

const parse = (text: string): ToolInput["read"] => {
  if (text.trim() === "") return { isBroken: false, value: {} };
  try {
    return { isBroken: false, value: JSON.parse(text) as unknown };
  } catch {
    return { isBroken: true, value: undefined };
  }
};

/** What somebody enters for a tool, in a form from its schema or as JSON. */
export const useToolInput = (schema: unknown): ToolInput => {
  const hasForm = useMemo(
    () => schema !== undefined && fieldKindOf(resolveSchema(schema, schema), schema) === "object",
    [schema],
  );
  const [values, setValues] = useState<Values>(() => (hasForm ? defaultsOf(schema) : {}));
  const [text, setText] = useState(() => textOf(values));
  const [mode, setMode] = useState<ToolInput["mode"]>(hasForm ? "form" : "json");
  const read = mode === "form" ? { isBroken: false, value: values } : parse(text);
  return {
    hasForm,
    mode,
    values,
    text,
    read,
    change: setValues,
    write: setText,
    switchTo: (next) => {
      if (next === "json") setText(textOf(values));
      else if (isJsonObject(read.value)) setValues(read.value);
      else return;
      setMode(next);
    },
  };
};
