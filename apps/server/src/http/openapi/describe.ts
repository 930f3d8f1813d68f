import { BYTES_TYPE } from "@patchbay/protocol";
import Type, { type Static, type TSchema } from "typebox";
import type { ReadHeader, SECURITY_SCHEMES } from "./components.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the description says of the route beyond its schema. */
    describes?: {
      /**
       * The field of a form that holds the file. What a route takes besides is said in words alone: of two kinds of bodies
       * generators know one.
       */
      readonly upload?: string;
      /** A form that the route takes instead of JSON. */
      readonly form?: object;
      /** Headers that the route reads. */
      readonly headers?: readonly ReadHeader[];
    };
  }
}

/** Who may call, by any one of these ways. */
export const byOneOf = (...schemes: readonly (keyof typeof SECURITY_SCHEMES)[]): Record<string, string[]>[] =>
  schemes.map((scheme) => ({ [scheme]: [] }));

/** As generators know it: bytes, in JavaScript a Blob or File. */
const BYTES = { type: "string", format: "binary" } as const;

/** An answer of bytes, for the description. */
export const bytes = (mediaTypes: string | readonly string[], description: string) =>
  Type.Unsafe<unknown>({
    description,
    content: Object.fromEntries([mediaTypes].flat().map((type) => [type, { schema: BYTES }])),
  });

/** An answer that leads to another address and has no body. */
export const elsewhere = (description: string) => Type.Unsafe<unknown>({ type: "null", description });

/** An answer as JSON, or as events to who accepts those. */
export const orEvents = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T>>({
    description: "As JSON, or as server-sent events where `Accept` names them",
    content: {
      "application/json": { schema },
      "text/event-stream": { schema: { type: "string" } },
    },
  });

/** The same, or with files beside the JSON to who accepts a form, or the one file to who accepts bytes. */
export const orEventsOrFiles = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T>>({
    description:
      "As JSON, as server-sent events, as a form with files, or as the bytes of the only file, by `Accept`",
    content: {
      "application/json": { schema },
      "text/event-stream": { schema: { type: "string" } },
      "multipart/form-data": {
        schema: { type: "object", properties: { output: {} }, additionalProperties: BYTES },
      },
      [BYTES_TYPE]: { schema: BYTES },
    },
  });

/** The form of a call with files. */
export const CALL_FORM = {
  type: "object",
  properties: {
    input: { description: "The input as JSON" },
    project: { type: "string", maxLength: 63 },
    parts: {
      type: "array",
      items: {
        type: "object",
        properties: {
          path: { type: "string" },
          name: { type: "string" },
          type: { type: "string" },
          size: { type: "integer", minimum: 0 },
        },
        required: ["path"],
      },
      description: "What follows, where it is more than one file",
    },
  },
  required: ["input"],
  additionalProperties: BYTES,
};

/** A form with the file, for the description alone: the route reads it as it comes. */
export const formOf = (field: string) => ({
  type: "object",
  properties: { [field]: BYTES },
  required: [field],
});
