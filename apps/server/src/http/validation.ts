import { Ajv } from "ajv";
import formats from "ajv-formats";
import type { FastifyInstance } from "fastify";

const options = { allErrors: true, strict: false, removeAdditional: false, useDefaults: true } as const;

/** A body is taken as it is; what comes in an address is text, and may be read as a number or a boolean. */
export const registerValidation = (app: FastifyInstance): void => {
  const strict = new Ajv(options);
  const coercing = new Ajv({ ...options, coerceTypes: true });
  formats.default(strict);
  formats.default(coercing);
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === "body" ? strict : coercing).compile(schema),
  );
};
