import type { InputFile } from "./files/tool-file.ts";

/**
 * What a tool says its input and output look like: a JSON Schema (draft 2020-12), or a schema of any library that
 * follows Standard Schema (zod, valibot, arktype and others).
 */

/** The part of Standard Schema version 1 that is used here. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON Schema, as far as types can follow it. Keywords that are not listed here are taken as they are. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly [keyword: string]: unknown;
}

export type ToolSchema = JsonSchema | StandardSchema;

/** The type of the values that a schema lets through. `unknown` where the schema is more than types can follow. */
export type Infer<S> = S extends { readonly "~standard": { readonly types?: infer T } }
  ? NonNullable<T> extends { readonly output: infer Output }
    ? Output
    : unknown
  : S extends JsonSchema
    ? InferJson<S>
    : unknown;

type InferJson<S> = S extends { readonly const: infer C }
  ? C
  : S extends { readonly enum: readonly (infer E)[] }
    ? E
    : S extends { readonly type: infer T }
      ? T extends readonly (infer One)[]
        ? InferType<One, S>
        : InferType<T, S>
      : unknown;

type InferType<T, S> = T extends "string"
  ? S extends { readonly contentEncoding: "base64"; readonly contentMediaType: string }
    ? InputFile
    : string
  : T extends "number" | "integer"
    ? number
    : T extends "boolean"
      ? boolean
      : T extends "null"
        ? null
        : T extends "array"
          ? S extends { readonly items: infer I }
            ? InferJson<I>[]
            : unknown[]
          : T extends "object"
            ? InferObject<S>
            : unknown;

type InferObject<S> = S extends { readonly properties: infer P }
  ? Simplify<
      { -readonly [K in keyof P & RequiredKeys<S>]: InferJson<P[K]> } & {
        -readonly [K in Exclude<keyof P, RequiredKeys<S>>]?: InferJson<P[K]>;
      }
    >
  : Record<string, unknown>;

type RequiredKeys<S> = S extends { readonly required: readonly (infer K)[] } ? K : never;

type Simplify<T> = { [K in keyof T]: T[K] };
