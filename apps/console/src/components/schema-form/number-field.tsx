import { NumberInput } from "../number-input.tsx";
import type { ControlProps } from "./field.tsx";
import { typeOf } from "./json-schema.ts";

/** A number, within the bounds that its schema gives. */
export const NumberField = ({ control, schema, value, onChange }: ControlProps) => {
  const { minimum, maximum } = schema;
  return (
    <NumberInput
      {...control}
      value={value}
      onChange={onChange}
      isInteger={typeOf(schema) === "integer"}
      {...(minimum !== undefined && { minimum })}
      {...(maximum !== undefined && { maximum })}
      example={schema.default}
    />
  );
};
