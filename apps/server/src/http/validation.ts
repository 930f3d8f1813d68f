import serializers from "@fastify/fast-json-stringify-compiler";
import { CHECKED_FORMATS, formatFault, isSmall } from "@patchbay/protocol";
import { Ajv, type AnySchema, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { FastifyInstance } from "fastify";
import { JsonBodies } from "./json-body.ts";
import { MAX_LISTED_VALUES } from "./limits.ts";

type SerializerFactory = ReturnType<typeof serializers>;

const OPTIONS = { strict: false, removeAdditional: false, useDefaults: true, verbose: true } as const;

/** A body is taken as it is, an empty one as none; what comes in an address is text, and may be read as a number or a boolean. */
export const registerValidation = (app: FastifyInstance): void => {
  const strict = compilerOf({ coerceTypes: false });
  const coercing = compilerOf({ coerceTypes: true });
  const bodies = new JsonBodies();
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (request, payload, done) => {
    bodies.read(request, payload).then((body) => {
      // Many clients name a content type whether or not there is content.
      if (body.length === 0) done(null);
      else parse(request, body.toString("utf8"), done);
    }, done);
  });
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === "body" ? strict : coercing)(schema));
};

/** As Fastify's own, compiled when they are first needed. Formats of ours are known to them, and not checked: the values are ours. */
export const lazySerializers: SerializerFactory = (shared, options) => {
  const ajv = { formats: Object.fromEntries(CHECKED_FORMATS.map((format) => [format, true as const])) };
  const compile = serializers()(shared, { ...options, ajv });
  return (route) => {
    let serialize: ReturnType<typeof compile> | undefined;
    return (data: unknown) => {
      serialize ??= compile(route);
      return serialize(data);
    };
  };
};

/**
 * Validators that stop at the first fault, and look for the others only where that is little work. Each is compiled when it is first
 * needed: all of them together take most of a second, which a start should not.
 */
const compilerOf = (options: { readonly coerceTypes: boolean }) => {
  const first = withFormats(new Ajv({ ...OPTIONS, ...options }));
  const all = withFormats(new Ajv({ ...OPTIONS, ...options, allErrors: true }));
  return (schema: AnySchema) => {
    let validate: ValidateFunction | undefined;
    let listing: ValidateFunction | undefined;
    return (data: unknown) => {
      validate ??= first.compile(schema);
      if (validate(data)) return true;
      const errors = validate.errors ?? [];
      if (!isSmall(data, MAX_LISTED_VALUES)) return { error: errors };
      listing ??= all.compile(schema);
      return { error: listing(data) ? errors : (listing.errors ?? errors) };
    };
  };
};

const withFormats = (ajv: Ajv): Ajv => {
  formats.default(ajv);
  for (const format of CHECKED_FORMATS) ajv.addFormat(format, (text) => formatFault(format, text) === null);
  return ajv;
};
