import { isJsonObject } from "@patchbay/protocol";
import { useMemo, useState } from "react";
import { defaultsOf, fieldKindOf, resolveSchema } from "../schema-form/json-schema.ts";
import { type ReadJson, readJson, writeJson } from "../schema-form/json-text.ts";
import { splitFiles } from "./tool-files.ts";

type Values = Readonly<Record<string, unknown>>;

export interface ToolInput {
  /** Whether the schema makes a form at all. */
  readonly hasForm: boolean;
  readonly mode: "form" | "json";
  readonly values: Values;
  readonly text: string;
  /** What would be sent. */
  readonly read: ReadJson;
  change(values: Values): void;
  write(text: string): void;
  /** Takes what was entered along; stays in JSON when that is nothing that the form can show. */
  switchTo(mode: "form" | "json"): void;
  /** Shows an input of before, or of somebody else: in the form where it fits into one. */
  show(input: unknown): void;
}

/** What somebody enters for a tool, in a form from its schema or as JSON. It begins with `start`, where there is one. */
export const useToolInput = (schema: unknown, start?: unknown): ToolInput => {
  const hasForm = useMemo(
    () => schema !== undefined && fieldKindOf(resolveSchema(schema, schema), schema) === "object",
    [schema],
  );
  const [values, setValues] = useState<Values>(() => {
    if (isJsonObject(start)) return start;
    return hasForm ? defaultsOf(schema) : {};
  });
  const [text, setText] = useState(() => writeJson(start === undefined ? values : start));
  const [mode, setMode] = useState<ToolInput["mode"]>(() =>
    hasForm && (start === undefined || isJsonObject(start)) ? "form" : "json",
  );
  const read = useMemo<ReadJson>(() => {
    if (mode === "form") return { value: values, fault: null };
    return text.trim() === "" ? { value: {}, fault: null } : readJson(text);
  }, [mode, values, text]);
  return {
    hasForm,
    mode,
    values,
    text,
    read,
    change: setValues,
    write: setText,
    switchTo: (next) => {
      // JSON has no files: their fields are empty there, and take base64.
      if (next === "json") setText(writeJson(splitFiles(values).input));
      else if (read.fault === null && isJsonObject(read.value)) setValues(read.value);
      else return;
      setMode(next);
    },
    show: (input) => {
      if (isJsonObject(input)) setValues(input);
      setText(writeJson(input));
      setMode(hasForm && isJsonObject(input) ? "form" : "json");
    },
  };
};
