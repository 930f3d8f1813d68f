import { TextInput, type TextInputProps } from "@mantine/core";
import type { TFunction } from "i18next";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "./formats.ts";
import { type NumberFault, type NumberRules, readNumber, writeNumber } from "./number-text.ts";

export interface NumberInputProps extends Bounds, Pick<TextInputProps, "label" | "description" | "error"> {
  /** A number; a text that is none; undefined for nothing. */
  readonly value: unknown;
  readonly onChange: (value: number | string | undefined) => void;
  readonly isInteger?: boolean;
  /** Shown as long as nothing is entered. */
  readonly example?: unknown;
  readonly disabled?: boolean;
  readonly withAsterisk?: boolean;
  readonly required?: boolean;
}

/** Within which the arrow keys stay. What is typed beyond them is for the server to refuse. */
interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * A number, as it is typed. A text that is none becomes the value itself, so that it stays in sight, with what is wrong; the form is
 * not submitted meanwhile.
 */
export const NumberInput = ({
  value,
  onChange,
  isInteger = false,
  minimum,
  maximum,
  example,
  error,
  ...control
}: NumberInputProps) => {
  const { t } = useTranslation("forms");
  const { separator } = useFormats();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<{ readonly text: string; readonly value: unknown } | null>(null);
  const rules: NumberRules = { separator, isInteger };
  // What came from outside since then, such as a reset, is what is shown.
  const text = draft !== null && Object.is(draft.value, value) ? draft.text : textOf(value, rules);
  const read = readNumber(text, rules);
  const fault = typeof read === "object" ? wordsOf(read, t, rules) : "";
  useEffect(() => input.current?.setCustomValidity(fault), [fault]);
  const write = (written: string) => {
    const next = readNumber(written, rules);
    const kept = typeof next === "object" ? written : next;
    setDraft({ text: written, value: kept });
    onChange(kept);
  };
  return (
    <TextInput
      {...control}
      ref={input}
      error={fault === "" ? error : fault}
      value={text}
      onChange={({ currentTarget }) => write(currentTarget.value)}
      onKeyDown={(event) => {
        const bounds = {
          ...(minimum !== undefined && { minimum }),
          ...(maximum !== undefined && { maximum }),
        };
        const next = typeof read === "object" ? undefined : steppedBy(event.key, read, bounds);
        if (next === undefined) return;
        event.preventDefault();
        write(writeNumber(next, rules));
      }}
      placeholder={textOf(example, rules)}
      inputMode={(minimum ?? -1) < 0 ? "text" : isInteger ? "numeric" : "decimal"}
      autoComplete="off"
      styles={{ wrapper: { maxWidth: 240 } }}
    />
  );
};

/** The whole number next to `value`, up or down by an arrow key and within the bounds; undefined for other keys and where there is none. */
const steppedBy = (
  key: string,
  value: number | undefined,
  { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: Bounds,
): number | undefined => {
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const from = value ?? 0;
  const next = key === "ArrowUp" ? Math.floor(from) + 1 : Math.ceil(from) - 1;
  return next >= minimum && next <= maximum ? next : undefined;
};

const textOf = (value: unknown, rules: NumberRules): string =>
  typeof value === "number" ? writeNumber(value, rules) : typeof value === "string" ? value : "";

const wordsOf = (fault: NumberFault, t: TFunction<"forms">, rules: NumberRules): string => {
  switch (fault.kind) {
    case "notNumber":
      return t("number.notNumber", { example: writeNumber(rules.isInteger ? 12 : 12.5, rules) });
    case "notWhole":
      return t("number.notWhole");
    case "ambiguous":
      return t("number.ambiguous", { whole: fault.whole, fraction: fault.fraction });
    case "notExact":
      return t("number.notExact", { kept: fault.kept });
  }
};
