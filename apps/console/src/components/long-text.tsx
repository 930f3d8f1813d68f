import { Button, Group, Input, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PREVIEW_CHARACTERS } from "../limits.ts";
import { useFormats } from "./formats.ts";

export interface LongTextProps {
  readonly label: ReactNode;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly disabled?: boolean;
  readonly withAsterisk?: boolean;
  readonly value: string;
  readonly onClear: () => void;
}

/** A text that is too long to be shown in a field: how long it is, and how it begins. */
export const LongText = ({ label, description, error, disabled = false, value, ...rest }: LongTextProps) => {
  const { t } = useTranslation("forms");
  const formats = useFormats();
  const { onClear, withAsterisk = false } = rest;
  return (
    <Input.Wrapper
      label={label}
      description={description}
      error={error}
      withAsterisk={withAsterisk}
      labelElement="div"
    >
      <Group
        gap="xs"
        mt={4}
        wrap="nowrap"
        role="group"
        {...(typeof label === "string" && { "aria-label": label })}
      >
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("longText", {
            count: value.length,
            number: formats.number(value.length),
            start: value.slice(0, PREVIEW_CHARACTERS),
          })}
        </Text>
        <Button variant="default" size="xs" flex="none" disabled={disabled} onClick={onClear}>
          {t("clearText")}
        </Button>
      </Group>
    </Input.Wrapper>
  );
};

const MAX_ROWS = 24;

/** How many rows a field shows: its lines, within bounds. */
export const rowsOf = (text: string, least: number): number => {
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0 && lines < MAX_ROWS; at = text.indexOf("\n", at + 1)) lines += 1;
  return Math.max(least, lines);
};
