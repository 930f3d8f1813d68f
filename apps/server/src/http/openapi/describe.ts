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

/** A form with the file, for the description alone: the route reads it as it comes. */
export const formOf = (field: string) => ({
  type: "object",
  properties: { [field]: BYTES },
  required: [field],
});
