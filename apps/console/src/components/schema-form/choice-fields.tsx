import { Checkbox, NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ControlProps } from "./field.tsx";
import { useFormContext } from "./form-context.ts";
import { resolveSchema } from "./json-schema.ts";

const wordOf = (option: unknown): string => (typeof option === "string" ? option : JSON.stringify(option));
const indexOf = (options: readonly unknown[], value: unknown): number =>
  options.findIndex((option) => JSON.stringify(option) === JSON.stringify(value));

/** One of a few values of any type. */
export const ChoiceField = ({ control, schema, value, isRequired, onChange }: ControlProps) => {
  const { t } = useTranslation("forms");
  const options = schema.enum ?? [schema.const];
  const chosen = indexOf(options, value);
  const none = isRequired && chosen >= 0 ? [] : [{ value: "", label: t("noChoice") }];
  return (
    <NativeSelect
      {...control}
      value={chosen < 0 ? "" : String(chosen)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === "" ? undefined : options[Number(currentTarget.value)])
      }
      data={[...none, ...options.map((option, index) => ({ value: String(index), label: wordOf(option) }))]}
      styles={{ wrapper: { maxWidth: 400 } }}
    />
  );
};

/** Any of a few values, each once. */
export const ChoicesField = ({ control, schema, value, onChange }: ControlProps) => {
  const { root } = useFormContext();
  const options = resolveSchema(schema.items, root).enum ?? [];
  const chosen = Array.isArray(value) ? value : [];
  return (
    <Checkbox.Group
      {...control}
      value={chosen.map((one) => String(indexOf(options, one)))}
      onChange={(indexes) => onChange(options.filter((_option, index) => indexes.includes(String(index))))}
    >
      <Stack gap="xs" mt={4}>
        {options.map((option, index) => (
          <Checkbox
            key={wordOf(option)}
            value={String(index)}
            label={wordOf(option)}
            disabled={control.disabled}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
};
