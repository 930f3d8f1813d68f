import type { FieldError, SettingsSchema } from "@patchbay/protocol";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { RE2JS } from "re2js";

/** Compiled validators are small; this many cover every plugin of a large deployment. */
const MAX_COMPILED = 1_000;
/** A secret, before encryption. Tokens and certificates fit. */
const MAX_SECRET_CHARACTERS = 16_384;

/**
 * Patterns come from packages, so they run on a matcher whose time is linear in its input: no pattern can hang the server.
 * Ajv asks for a function that it can also print into generated code, hence the `code` property.
 */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  },
  { code: "linearRegExp" },
);

const ajv = new Ajv({ allErrors: true, strict: false, ownProperties: true, code: { regExp: linearRegExp } });
formats.default(ajv, ["email", "uri", "date", "date-time", "time", "ipv4", "ipv6", "uuid", "hostname"]);
ajv.addFormat("secret", { validate: (text: string) => text.length <= MAX_SECRET_CHARACTERS });

const compiled = new Map<string, ValidateFunction>();

/**
 * Faults of `values` against a settings schema that `checkSettingsSchema` accepted. `required: "later"` leaves out what
 * is merely missing: a form may be filled in several goes. Throws when the schema cannot be compiled.
 */
export const validateSettings = (
  schema: SettingsSchema,
  values: unknown,
  required: "now" | "later",
): FieldError[] => {
  const validate = compile(schema);
  if (validate(values)) return [];
  return (validate.errors ?? [])
    .filter((error) => required === "now" || error.keyword !== "required")
    .map(wordError);
};

/** Null when the schema can be used; otherwise why not, such as a pattern with look-ahead. */
export const settingsSchemaFault = (schema: SettingsSchema): string | null => {
  try {
    compile(schema);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const compile = (schema: SettingsSchema): ValidateFunction => {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const validate = ajv.compile(closed(schema));
  ajv.removeSchema();
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(key, validate);
  return validate;
};

/** Objects take no other properties than those that the schema lists, unless it says so. */
const closed = (schema: SettingsSchema): SettingsSchema => ({
  ...schema,
  ...(schema.type === "object" && {
    additionalProperties: schema.additionalProperties ?? false,
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, child]) => [name, closed(child)]),
    ),
  }),
  ...(schema.items !== undefined && { items: closed(schema.items) }),
});

const wordError = ({ instancePath, keyword, params, message }: ErrorObject): FieldError => {
  switch (keyword) {
    case "required":
      return { pointer: `${instancePath}/${params.missingProperty}`, message: "This setting is required." };
    case "additionalProperties":
      return {
        pointer: `${instancePath}/${params.additionalProperty}`,
        message: "The plugin has no such setting.",
      };
    case "enum":
      return { pointer: instancePath, message: `It must be one of ${params.allowedValues.join(", ")}.` };
    default:
      return { pointer: instancePath, message: `It ${message ?? "is not valid"}.` };
  }
};
