import { escapePointer, isJsonObject } from "@patchbay/protocol";
import { ownValue } from "../own-value.ts";
import { Field } from "./field.tsx";
import { useFormContext } from "./form-context.ts";
import { resolveSchema } from "./json-schema.ts";

export interface MembersProps {
  readonly schema: unknown;
  readonly pointer: string;
  readonly value: unknown;
  readonly onChange: (value: Record<string, unknown>) => void;
}

/** The fields of an object, in the order of its schema. */
export const Members = ({ schema, pointer, value, onChange }: MembersProps) => {
  const { root } = useFormContext();
  const { properties = {}, required = [] } = resolveSchema(schema, root);
  const values = isJsonObject(value) ? value : {};
  return Object.entries(properties).map(([name, node]) => (
    <Field
      key={name}
      name={name}
      schema={resolveSchema(node, root)}
      pointer={`${pointer}/${escapePointer(name)}`}
      value={ownValue(values, name)}
      isRequired={required.includes(name)}
      onChange={(next) => {
        const { [name]: _old, ...others } = values;
        onChange(next === undefined ? others : { ...values, [name]: next });
      }}
    />
  ));
};
