import { Anchor, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChoiceField, ChoicesField } from "./choice-fields.tsx";
import { FileField } from "./file-field.tsx";
import { useFormContext } from "./form-context.ts";
import { GroupField } from "./group-field.tsx";
import { JsonField } from "./json-field.tsx";
import { type FormSchema, fieldKindOf } from "./json-schema.ts";
import { ListField } from "./list-field.tsx";
import { NumberField } from "./number-field.tsx";
import { SecretField } from "./secret-field.tsx";
import { TextField } from "./text-field.tsx";

export interface FieldProps {
  /** What it is called where the schema gives no title. */
  readonly name: string;
  readonly schema: FormSchema;
  readonly pointer: string;
  readonly value: unknown;
  readonly isRequired: boolean;
  /** Whether it is a member of a list: emptying it does not take it away. */
  readonly isMember?: boolean;
  /** undefined takes the value away. */
  readonly onChange: (value: unknown) => void;
}

/** What all controls have in common. */
export interface ControlProps extends FieldProps {
  readonly control: {
    readonly label: string;
    readonly description: React.ReactNode;
    readonly error: string | undefined;
    readonly disabled: boolean;
    readonly withAsterisk: boolean;
  };
}

/** One value with the control that suits its schema. */
export const Field = (props: FieldProps) => {
  const { schema, pointer, name, isRequired, value, onChange } = props;
  const { root, disabled, errorAt, noteAt, offersDefaults } = useFormContext();
  const kind = fieldKindOf(schema, root);
  if (kind === "object") return <GroupField {...props} />;
  const control = {
    label: schema.title ?? name,
    description: descriptionOf(
      schema.description,
      offersDefaults ? <BackToDefault {...props} /> : noteAt(pointer),
    ),
    error: errorAt(pointer),
    disabled,
    withAsterisk: isRequired,
  };
  const own = { ...props, control };
  switch (kind) {
    case "boolean":
      return (
        <Switch
          {...omitAsterisk(control)}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case "number":
      return <NumberField {...own} />;
    case "text":
      return <TextField {...own} />;
    case "file":
      return <FileField {...own} />;
    case "secret":
      return <SecretField {...own} />;
    case "choice":
      return <ChoiceField {...own} />;
    case "choices":
      return <ChoicesField {...own} />;
    case "list":
      return <ListField {...own} />;
    case "json":
      return <JsonField {...own} />;
  }
};

/** Nothing while the value is the default. */
const BackToDefault = ({ schema, name, value, onChange }: FieldProps) => {
  const { t } = useTranslation("forms");
  const { disabled } = useFormContext();
  if (schema.default === undefined || disabled || isSame(schema.default, value)) return null;
  return (
    <Anchor
      component="button"
      type="button"
      inherit
      aria-label={t("useDefaultOf", { name: schema.title ?? name })}
      onClick={() => onChange(schema.default)}
    >
      {t("useDefault")}
    </Anchor>
  );
};

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));

const descriptionOf = (help: string | undefined, note: React.ReactNode): React.ReactNode =>
  help === undefined && note === null ? undefined : (
    <>
      {help}
      {help !== undefined && note !== null && " "}
      {note}
    </>
  );

const omitAsterisk = ({ withAsterisk: _asterisk, ...control }: ControlProps["control"]) => control;
