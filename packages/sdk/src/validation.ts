import { type Schema, Validator } from "@cfworker/json-schema";
import { escapePointer } from "@patchbay/protocol";
import { type InputFault, InvalidInputError, PluginError } from "./errors.ts";
import type { StandardSchema, ToolSchema } from "./schema.ts";

/** Faults that say only that something deeper is wrong; told when nothing deeper is. */
const WRAPPERS = new Set([
  "properties",
  "patternProperties",
  "items",
  "prefixItems",
  "allOf",
  "anyOf",
  "oneOf",
  "$ref",
  "$dynamicRef",
  "if",
  "then",
  "else",
  "dependentSchemas",
]);

/** Checks a value; comes back with it as the schema's library converted it. Throws `InvalidInputError`. */
export type Check = (value: unknown) => unknown | Promise<unknown>;

export const isStandardSchema = (schema: ToolSchema): schema is StandardSchema =>
  // Some libraries make their schemas callable.
  (typeof schema === "object" || typeof schema === "function") && schema !== null && "~standard" in schema;

/**
 * A check for `schema`. On the platform it runs in the plugin's own sandbox, so a pattern without end or a hostile schema hurts nobody
 * else. `what` begins the message: "The input". Throws `PluginError` when the schema itself is no good.
 */
export const checkFor = (schema: ToolSchema | undefined, what: string): Check => {
  if (schema === undefined) return (value) => value;
  return isStandardSchema(schema) ? standardCheck(schema, what) : jsonSchemaCheck(schema as Schema, what);
};

/** The same for what a tool answers: a mismatch is the plugin's fault, not its caller's, and so a `plugin_error`. */
export const answerCheckFor = (schema: ToolSchema | undefined): Check => {
  const check = checkFor(schema, "The tool's answer");
  return async (value) => {
    try {
      return await check(value);
    } catch (error) {
      if (error instanceof PluginError)
        throw new PluginError("plugin_error", error.message, { cause: error });
      throw error;
    }
  };
};

const standardCheck =
  (schema: StandardSchema, what: string): Check =>
  async (value) => {
    const result = await schema["~standard"].validate(value);
    if (result.issues === undefined) return result.value;
    throw mismatch(
      what,
      result.issues.map(({ path = [], message }) => ({
        pointer: path
          .map((part) => `/${escapePointer(String(typeof part === "object" ? part.key : part))}`)
          .join(""),
        message,
      })),
    );
  };

const jsonSchemaCheck = (schema: Schema, what: string): Check => {
  let validator: Validator;
  try {
    validator = new Validator(schema, "2020-12", false);
  } catch (cause) {
    throw new PluginError("plugin_error", `${what}'s schema is not a valid JSON Schema: ${String(cause)}`, {
      cause,
    });
  }
  return (value) => {
    const { valid, errors } = validator.validate(value);
    if (valid) return value;
    const told = errors.filter(({ keyword }) => !WRAPPERS.has(keyword));
    throw mismatch(
      what,
      (told.length > 0 ? told : errors).map(({ instanceLocation, error }) => ({
        pointer: instanceLocation.replace(/^#/, ""),
        message: error,
      })),
    );
  };
};

const mismatch = (what: string, errors: readonly InputFault[]): InvalidInputError => {
  const [first] = errors;
  const where = first === undefined || first.pointer === "" ? "" : ` at ${first.pointer}`;
  return new InvalidInputError(`${what} does not match the schema${where}: ${first?.message ?? ""}`, {
    errors,
  });
};
