import { STATUS_CODES } from "node:http";
import swagger from "@fastify/swagger";
import { ProblemDto } from "@patchbay/protocol";
import type { FastifySchema, RouteOptions } from "fastify";
import type { App } from "../route.ts";
import { HEADERS, PARAMETERS, RESPONSES, type ReadHeader, SECURITY_SCHEMES } from "./components.ts";
import { byOneOf, formOf } from "./describe.ts";
import { refer, SharedSchemas } from "./shared-schemas.ts";

/** What `transform` leaves for `finish`; taken out of the document there. */
const OPTIONAL_BODY = "x-optional-body";
const READ_HEADERS = "x-read-headers";
const UNSAFE_METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);

interface Response {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
}
interface Operation {
  [key: string]: unknown;
  parameters?: unknown[];
  requestBody?: { required: boolean };
  responses: Record<string, Response>;
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
interface OpenApi {
  [key: string]: unknown;
  paths: Paths;
  components: Record<string, unknown>;
}

/** Describes all routes that are registered after this. `server` is the address that clients call, absolute or from the document's. */
export const registerOpenApi = async (app: App, version: string, server: string): Promise<void> => {
  const shared = new SharedSchemas();
  await app.register(swagger, {
    openapi: headOf(version, server),
    convertConstToEnum: false,
    stripBasePath: false,
    transform: ({ schema, url, route }) => ({ schema: described(schema, route, shared), url }),
    transformObject: (document) =>
      "openapiObject" in document
        ? (finish(document.openapiObject as unknown as OpenApi, shared) as object)
        : {},
  });
};

const headOf = (version: string, server: string) => ({
  openapi: "3.1.0",
  info: {
    title: "Patchbay",
    version,
    description: "A self-hosted plugin platform. Errors are problem documents (RFC 9457) with a code.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: server }],
  components: { securitySchemes: SECURITY_SCHEMES },
  security: byOneOf("apiKey", "session"),
});

/** A route's schema for the description alone: with marks for shared schemas, forms, and who may call. */
const described = (
  schema: FastifySchema | undefined,
  { config, method }: RouteOptions,
  shared: SharedSchemas,
): FastifySchema => {
  const { upload, form, headers = [] } = config?.describes ?? {};
  const isOpen = config?.public === true && schema?.security === undefined;
  const isKeyed = !isOpen && UNSAFE_METHODS.has(String(method));
  const read: ReadHeader[] = [...headers, ...(isKeyed ? (["IdempotencyKey"] as const) : [])];
  const { body, isOptional } = upload === undefined ? bodyOf(schema?.body) : { body: uploadOf(upload) };
  return {
    ...schema,
    body: form === undefined ? shared.mark(body) : withForm(shared.mark(body), form),
    response: shared.mark(schema?.response),
    ...(isOpen && { security: [] }),
    ...{ [READ_HEADERS]: read, [OPTIONAL_BODY]: isOptional === true },
  };
};

const withForm = (body: unknown, form: object) => ({
  content: { "application/json": { schema: body }, "multipart/form-data": { schema: form } },
});

const uploadOf = (field: string) => ({
  content: { "multipart/form-data": { schema: formOf(field) } },
});

/** A body that may be left away is one that may be null: requests without one come as that. */
const bodyOf = (schema: unknown) => {
  const { anyOf } = (schema ?? {}) as { anyOf?: readonly { type?: string }[] };
  const [only, none] = anyOf ?? [];
  const isOptional = anyOf?.length === 2 && none?.type === "null";
  return { body: isOptional ? only : schema, isOptional };
};

/** The document with its references, and with what all operations share. */
const finish = (document: OpenApi, shared: SharedSchemas): object => {
  shared.mark(ProblemDto);
  for (const operations of Object.values(document.paths)) Object.values(operations).forEach(finishOperation);
  return {
    ...document,
    paths: refer(document.paths),
    components: {
      schemas: shared.components(),
      responses: RESPONSES,
      headers: HEADERS,
      parameters: PARAMETERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
};

const finishOperation = (operation: Operation): void => {
  const read = operation[READ_HEADERS] as readonly ReadHeader[];
  const parameters = read.map((name) => ({ $ref: `#/components/parameters/${name}` }));
  if (parameters.length > 0) operation.parameters = [...(operation.parameters ?? []), ...parameters];
  if (operation.requestBody && operation[OPTIONAL_BODY] === true) operation.requestBody.required = false;
  delete operation[READ_HEADERS];
  delete operation[OPTIONAL_BODY];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status === "201") response.headers = { Location: { $ref: "#/components/headers/Location" } };
    if (response.description === "Default Response")
      response.description = STATUS_CODES[status] ?? "An answer";
    if (/^[45]XX$/.test(status)) operation.responses[status] = { $ref: "#/components/responses/Problem" };
  }
};
