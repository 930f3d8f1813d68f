import { Stack } from "@mantine/core";
import type { FieldError } from "@patchbay/protocol";
import { type ReactNode, useMemo } from "react";
import { type FieldContext, FormContext } from "./form-context.ts";
import { hasManyGroups } from "./group-values.ts";
import { Members } from "./members.tsx";

export interface SchemaFormProps {
  /** JSON Schema of an object. What has no control of its own is edited as JSON. */
  readonly schema: unknown;
  /** The values; a key that is absent has none. Controlled: every change comes through `onChange`. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly onChange: (value: Record<string, unknown>) => void;
  /** What is wrong, by JSON pointer into `value`; shown at its field. */
  readonly errors?: readonly FieldError[];
  /** Whether the secret at a pointer is set on the server. In `value` a text replaces it, null removes it, absent keeps it. */
  readonly isSecretSet?: (pointer: string) => boolean;
  /** Shown below a field that holds a value of its own (not below groups), such as where the value comes from. */
  readonly note?: (pointer: string) => ReactNode;
  /** Whether a note is one that must be in sight: its group is not folded at first. */
  readonly isMarked?: (pointer: string) => boolean;
  readonly disabled?: boolean;
  /** Whether fields have a button that brings their default back. Settings have words of their own for that. */
  readonly offersDefaults?: boolean;
  /** Fields for files take them, as `File`s, of so many bytes together. Otherwise they take texts. */
  readonly maxFileBytes?: number | undefined;
}

/**
 * A form from a JSON Schema, for settings and inputs alike. It holds no state and draws no buttons: put it into a `form` whose
 * submission reads `value`. What is no number, and JSON that does not parse, keeps that form from being submitted, in the browser's words.
 */
export const SchemaForm = ({
  schema,
  value,
  onChange,
  errors = [],
  isSecretSet,
  note,
  isMarked,
  disabled = false,
  offersDefaults = false,
  maxFileBytes,
}: SchemaFormProps) => {
  const context = useMemo<FieldContext>(
    () => ({
      root: schema,
      errorAt: (pointer) =>
        errors
          .filter((error) => error.pointer === pointer)
          .map(({ message }) => message)
          .join(" ") || undefined,
      hasErrorIn: (pointer) =>
        errors.some((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`)),
      folds: hasManyGroups(schema),
      isMarked: isMarked ?? (() => false),
      isSecretSet: isSecretSet ?? (() => false),
      noteAt: note ?? (() => null),
      disabled,
      offersDefaults,
      maxFileBytes,
    }),
    [schema, errors, isSecretSet, note, isMarked, disabled, offersDefaults, maxFileBytes],
  );
  return (
    <FormContext value={context}>
      <Stack gap="md">
        <Members schema={schema} pointer="" value={value} onChange={onChange} />
      </Stack>
    </FormContext>
  );
};
