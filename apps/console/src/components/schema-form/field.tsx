import { Fieldset, NumberInput, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { ChoiceField, ChoicesField } from "./choice-fields.tsx";
import { useFormContext } from "./form-context.ts";
import { JsonField } from "./json-field.tsx";
import { type FormSchema, fieldKindOf, typeOf } from "./json-schema.ts";
import { ListField } from "./list-field.tsx";
import { Members } from "./members.tsx";
import { SecretField } from "./secret-field.tsx";

export interface FieldProps {
  /** What it is called where the schema gives no title. */
  readonly name: string;
  readonly schema: FormSchema;
  readonly pointer: string;
  readonly value: unknown;
  readonly isRequired: boolean;
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
  const { root, disabled, errorAt, noteAt } = useFormContext();
  const kind = fieldKindOf(schema, root);
  if (kind === "object") return <GroupField {...props} />;
  const control = {
    label: schema.title ?? name,
    description: descriptionOf(schema.description, noteAt(pointer)),
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

const descriptionOf = (help: string | undefined, note: React.ReactNode): React.ReactNode =>
  help === undefined && note === null ? undefined : (
    <>
      {help}
      {help !== undefined && note !== null && " "}
      {note}
    </>
  );

const omitAsterisk = ({ withAsterisk: _asterisk, ...control }: ControlProps["control"]) => control;

const GroupField = ({ schema, name, pointer, value, onChange }: FieldProps) => (
  <Fieldset legend={schema.title ?? name} variant="default">
    <Stack gap="md">
      {schema.description !== undefined && (
        <Text size="xs" c="dimmed">
          {schema.description}
        </Text>
      )}
      <Members schema={schema} pointer={pointer} value={value} onChange={onChange} />
    </Stack>
  </Fieldset>
);

const NumberField = ({ control, schema, value, onChange }: ControlProps) => (
  <NumberInput
    {...control}
    value={typeof value === "number" ? value : ""}
    onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
    allowDecimal={typeOf(schema) !== "integer"}
    clampBehavior="none"
    {...(schema.minimum !== undefined && { min: schema.minimum })}
    {...(schema.maximum !== undefined && { max: schema.maximum })}
    styles={{ wrapper: { maxWidth: 240 } }}
  />
);

/** Browsers' own controls where they speak the schema's format. */
const INPUT_TYPES: Readonly<Record<string, string>> = { date: "date", email: "email", uri: "url" };

const TextField = ({ control, schema, value, onChange }: ControlProps) => {
  const [example] = schema.examples ?? [];
  const shared = {
    ...control,
    value: typeof value === "string" ? value : "",
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange(currentTarget.value === "" ? undefined : currentTarget.value),
    ...(typeof example === "string" && { placeholder: example }),
    ...(schema.maxLength !== undefined && { maxLength: schema.maxLength }),
  };
  return schema.multiline === true ? (
    <Textarea {...shared} autosize minRows={3} maxRows={16} />
  ) : (
    <TextInput {...shared} type={INPUT_TYPES[schema.format ?? ""] ?? "text"} />
  );
};
