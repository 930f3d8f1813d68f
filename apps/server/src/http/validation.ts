import { CHECKED_FORMATS, formatFault } from "@patchbay/protocol";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import type { FastifyInstance } from "fastify";

const options = { allErrors: true, strict: false, removeAdditional: false, useDefaults: true } as const;

/** A body is taken as it is, an empty one as none; what comes in an address is text, and may be read as a number or a boolean. */
export const registerValidation = (app: FastifyInstance): void => {
  const strict = new Ajv(options);
  const coercing = new Ajv({ ...options, coerceTypes: true });
  formats.default(strict);
  formats.default(coercing);
  for (const format of CHECKED_FORMATS)
    for (const ajv of [strict, coercing]) ajv.addFormat(format, (text) => formatFault(format, text) === null);
  const parse = app.getDefaultJsonParser("error", "error");
  // Many clients name a content type whether or not there is content.
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) =>
    body.length === 0 ? done(null) : parse(request, String(body), done),
  );
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === "body" ? strict : coercing).compile(schema),
  );
};
