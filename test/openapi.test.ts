import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { freePort } from "./support/nginx.ts";
import { startServer, type TestServer, temporaryFolder } from "./support/server.ts";

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly operationId?: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly parameters?: readonly { readonly $ref?: string }[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly $ref?: string;
        readonly description?: string;
        readonly headers?: object;
        readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
      }
    >
  >;
}
interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Shorter ones are as well written out: pairs of a name and an address, say. */
const LONGEST_COPY = 500;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: TestServer;
let publicUrl: string;
let text: string;
let document: Document;
let operations: { readonly name: string; readonly operation: Operation }[];

beforeAll(async () => {
  folder = await temporaryFolder();
  const port = await freePort();
  publicUrl = `http://localhost:${port}`;
  server = await startServer({
    dataDir: folder.path,
    environment: { PATCHBAY_PORT: String(port), PATCHBAY_PUBLIC_URL: publicUrl },
  });
  text = await (await fetch(new URL("/openapi.json", server.url))).text();
  document = JSON.parse(text);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const operationOf = (name: string): Operation => {
  const found = operations.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found.operation;
};

/** Every object schema of the document, as text, with how often it stands there. */
const copies = (value: unknown, found = new Map<string, number>()): Map<string, number> => {
  if (typeof value !== "object" || value === null) return found;
  if ("properties" in value) {
    const written = JSON.stringify(value);
    found.set(written, (found.get(written) ?? 0) + 1);
  }
  for (const part of Object.values(value)) copies(part, found);
  return found;
};

describe("the description of the API", () => {
  it("is a valid document of OpenAPI 3.1 with the address that clients call", async () => {
    const outcome = await new Validator().validate(JSON.parse(text));
    expect(outcome).toMatchObject({ valid: true });
    expect(document.openapi).toBe("3.1.0");
    expect(document.servers).toEqual([{ url: publicUrl }]);
  });

  it("names every operation, once, as a function is named", () => {
    const names = operations.map(({ operation }) => operation.operationId);
    for (const { name, operation } of operations)
      expect(operation.operationId, name).toMatch(/^[a-z][A-Za-z0-9]*$/);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(130);
  });

  it("says each schema once, and refers to it", () => {
    const repeated = [...copies(document)].filter(([one, times]) => times > 1 && one.length > LONGEST_COPY);
    expect(repeated).toEqual([]);
    const { schemas } = document.components;
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["ProblemDto", "VersionDto", "InstallBody"]));
    const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name ?? "");
    expect(Object.keys(schemas).filter((name) => !references.includes(name))).toEqual([]);
    expect(operationOf("POST /api/orgs/{org}/plugins").requestBody?.content).toEqual({
      "application/json": { schema: { $ref: "#/components/schemas/InstallBody" } },
    });
    expect(text).not.toContain('"x-');
    expect(text.length).toBeLessThan(290_000);
  });

  it("describes every answer, and problems by one", () => {
    for (const { name, operation } of operations)
      for (const [status, response] of Object.entries(operation.responses)) {
        if (/^[45]/.test(status)) expect(response, name).toEqual({ $ref: "#/components/responses/Problem" });
        else expect(response.description, name).toMatch(/^(?!Default Response).+/);
        if (status === "201") expect(response.headers, name).toHaveProperty("Location");
      }
  });

  it("describes uploads as forms with a file, and downloads as bytes", () => {
    for (const [path, field] of [
      ["/api/orgs/{org}/uploads", "package"],
      ["/api/orgs/{org}/bundles/import", "bundle"],
      ["/registry/v1/packages", "package"],
    ] as const) {
      const { content = {} } = operationOf(`POST ${path}`).requestBody ?? {};
      // Generators know one kind of body for each operation.
      expect(Object.keys(content), path).toEqual(["multipart/form-data"]);
      expect(content["multipart/form-data"]?.schema.properties, path).toEqual({
        [field]: { type: "string", format: "binary" },
      });
    }
    const { content } =
      operationOf("GET /api/orgs/{org}/catalog/{plugin}/versions/{version}/artifact").responses["200"] ?? {};
    expect(content).toEqual({ "application/zip": { schema: { type: "string", format: "binary" } } });
    expect(operationOf("POST /api/orgs/{org}/requests/{id}/approve").requestBody?.required).toBe(false);
  });

  it("says of each operation who may call it, as the server has it", async () => {
    const stranger = new Api(server.url, null);
    for (const { name, operation } of operations) {
      const [method = "", path = ""] = name.split(" ");
      const answer = await stranger.call(method, path.replaceAll(/\{\w+\}/g, "x-1"), undefined);
      const isOpen = operation.security?.length === 0;
      const isSignIn = path.startsWith("/api/auth/");
      if (!isOpen) expect(answer.status, name).toBe(401);
      else if (!isSignIn) expect(answer.status, name).not.toBe(401);
    }
    expect(operationOf("POST /registry/v1/packages").security?.map((one) => Object.keys(one))).toEqual([
      ["publisherToken"],
      ["apiKey"],
      ["session"],
    ]);
  });

  it("names the headers that operations read", () => {
    const headersOf = (name: string) =>
      (operationOf(name).parameters ?? []).flatMap(({ $ref }) => ($ref === undefined ? [] : [$ref]));
    const settings = "/api/orgs/{org}/plugins/{plugin}/settings";
    expect(headersOf(`PUT ${settings}`)).toEqual([
      "#/components/parameters/IfMatch",
      "#/components/parameters/IdempotencyKey",
    ]);
    expect(headersOf(`GET ${settings}`)).toEqual([]);
    expect(headersOf("POST /api/auth/sign-in")).toEqual([]);
  });
});
