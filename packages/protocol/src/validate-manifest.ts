import type { TSchema } from "typebox";
import Format from "typebox/format";
import { Settings } from "typebox/system";
import { Check, Errors } from "typebox/value";
import { CHECKED_FORMATS, formatFault } from "./checked-formats.ts";
import { checkContributions } from "./contributions/checks.ts";
import type { ManifestRules } from "./contributions/kind.ts";
import type { FieldError, Result } from "./errors.ts";
import { atPointer, escapePointer, isJsonObject } from "./json.ts";
import { MIN_SCHEDULE_EVERY_MS } from "./limits.ts";
import { type Manifest, ManifestSchema } from "./manifest.ts";
import { nearestName } from "./nearest-name.ts";
import { isGrantable, normalizePermission, PERMISSIONS, type PermissionName } from "./permissions.ts";
import { nestsDeeper } from "./schema-keywords.ts";
import { checkSettingsSchema, hostSettingFault, type SettingsSchema } from "./settings-schema.ts";

/** Reports beyond this many say nothing new and make the answer unreadable. */
const MAX_REPORTED = 50;
/** TypeBox stops at 8 unless told otherwise, and reports every unknown field twice. */
Settings.Set({ maxErrors: 4 * MAX_REPORTED });
for (const format of CHECKED_FORMATS) Format.Set(format, (text) => formatFault(format, text) === null);

/** Far more than a manifest has any use for. Thousands of levels exhaust the stack of whoever writes it down again. */
const MAX_MANIFEST_DEPTH = 64;

/**
 * Checks a parsed `plugin.json`. The errors say where (JSON pointer), what, and what is expected instead; an unknown
 * field names the nearest known one. Whether the files that it names exist is the reader's matter.
 */
export const validateManifest = (
  value: unknown,
  rules: ManifestRules = { minEveryMs: MIN_SCHEDULE_EVERY_MS },
): Result<Manifest, FieldError[]> => {
  if (nestsDeeper(value, MAX_MANIFEST_DEPTH))
    return {
      ok: false,
      error: [{ pointer: "", message: `It nests more than ${MAX_MANIFEST_DEPTH} levels deep.` }],
    };
  const formErrors = schemaErrors(ManifestSchema, value);
  if (formErrors.length > 0) return { ok: false, error: formErrors };
  const manifest = value as Manifest;
  const errors = [
    ...checkPermissions(manifest),
    ...checkContributions(manifest, askedBy(manifest), rules),
    ...(manifest.settings === undefined ? [] : checkSettingsSchema(manifest.settings)),
  ];
  return errors.length === 0
    ? { ok: true, value: manifest }
    : { ok: false, error: errors.slice(0, MAX_REPORTED) };
};

/** Faults of `value` against a TypeBox schema, worded for the person who wrote the value. */
export const schemaErrors = (schema: TSchema, value: unknown): FieldError[] => {
  if (Check(schema, value)) return [];
  const found = Errors(schema, value) as readonly SchemaFault[];
  const hasUnion = new Set(
    found.filter((fault) => fault.keyword === "anyOf").map((fault) => fault.instancePath),
  );
  const reported = new Map<string, FieldError>();
  for (const fault of found) {
    for (const error of wordFault(schema, value, fault, hasUnion)) {
      if (!reported.has(error.pointer)) reported.set(error.pointer, error);
    }
  }
  const errors = [...reported.values()].filter(
    (error) => !hasUnion.has(error.pointer) || isInnermost(error, reported),
  );
  // What does not fit is never passed for want of a sentence about it.
  return errors.length > 0
    ? errors.slice(0, MAX_REPORTED)
    : [{ pointer: "", message: "The value does not have the expected form." }];
};

/** A union's own fault says less than the faults inside it. */
const isInnermost = ({ pointer }: FieldError, reported: ReadonlyMap<string, FieldError>): boolean =>
  ![...reported.keys()].some((other) => other.startsWith(`${pointer}/`));

interface SchemaFault {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const wordFault = (
  schema: TSchema,
  value: unknown,
  fault: SchemaFault,
  unions: ReadonlySet<string>,
): FieldError[] => {
  const node = resolve(schema, fault.schemaPath) as {
    description?: string;
    properties?: Record<string, unknown>;
    enum?: unknown[];
  };
  const pointer = fault.instancePath;
  switch (fault.keyword) {
    case "boolean": // the closed door of additionalProperties, reported once more below with the names
      return [];
    case "required": {
      if (unions.has(pointer) && !isJsonObject(atPointer(value, pointer))) return [];
      const names = fault.params.requiredProperties as string[];
      return names.map((name) => ({
        pointer: `${pointer}/${escapePointer(name)}`,
        message: `"${name}" is missing; it must be ${describe(node.properties?.[name])}.`,
      }));
    }
    case "additionalProperties": {
      if (unions.has(pointer) && !isJsonObject(atPointer(value, pointer))) return [];
      const names = fault.params.additionalProperties as string[];
      return names.map((name) => ({
        pointer: `${pointer}/${escapePointer(name)}`,
        message: unknownField(name, Object.keys(node.properties ?? {})),
      }));
    }
    case "enum": {
      const wrong = atPointer(value, pointer);
      if (unions.has(pointer) && typeof wrong !== "string") return [];
      return [
        {
          pointer,
          message: `${show(wrong)} is not known; it must be ${expected(node)}${nearestHint(wrong, node.enum)}.`,
        },
      ];
    }
    case "type":
    case "anyOf":
      if (fault.keyword === "type" && unions.has(pointer)) return [];
      return [
        {
          pointer,
          message: `${show(atPointer(value, pointer))} has the wrong form; it must be ${expected(node)}.`,
        },
      ];
    case "format": {
      const wrong = atPointer(value, pointer);
      const reason = formatFault(String(fault.params.format), String(wrong));
      return [{ pointer, message: `${show(wrong)} ${reason}; it must be ${expected(node)}.` }];
    }
    case "pattern":
      return [
        {
          pointer,
          message: `${show(atPointer(value, pointer))} is not accepted; it must be ${expected(node)}.`,
        },
      ];
    default:
      return [
        {
          pointer,
          message: `${show(atPointer(value, pointer))} is not accepted (${fault.message}); it must be ${expected(node)}.`,
        },
      ];
  }
};

const checkPermissions = (manifest: Manifest): FieldError[] => {
  const errors: FieldError[] = [];
  const seen = new Map<PermissionName, string>();
  for (const list of ["required", "optional"] as const) {
    for (const [index, entry] of (manifest.permissions?.[list] ?? []).entries()) {
      const pointer = `/permissions/${list}/${index}`;
      const request = normalizePermission(entry);
      const before = seen.get(request.name);
      if (before !== undefined)
        errors.push({
          pointer,
          message: `"${request.name}" is asked for at ${before} already; name it once.`,
        });
      seen.set(request.name, pointer);
      if (request.name === "net.fetch" && request.hosts === undefined) {
        errors.push({
          pointer,
          message: 'net.fetch needs its hosts: { "name": "net.fetch", "hosts": ["api.example.com"] }.',
        });
      }
      if (request.name === "tools.invoke" && request.ids === undefined) {
        errors.push({
          pointer,
          message:
            'tools.invoke needs its ids: { "name": "tools.invoke", "ids": ["acme.geo/*"] }; "*" asks for the tools of all plugins.',
        });
      }
      for (const [place, host] of (request.hosts ?? []).entries()) {
        const fault = hostSettingFault(host, manifest.settings as SettingsSchema | undefined);
        if (fault !== null)
          errors.push({ pointer: `${pointer}/hosts/${place}`, message: `"${host}" ${fault}` });
      }
      if (request.views === "secrets" && request.name !== "net.fetch")
        errors.push({
          pointer: `${pointer}/views`,
          message: `Secrets are put into requests of net.fetch only; write "use" for "${request.name}".`,
        });
      for (const field of ["hosts", "methods", "ids", "streams"] as const) {
        // By what those can be narrowed that are yet to come, a later version knows.
        if (request[field] === undefined || !isGrantable(request.name)) continue;
        const scopes: readonly string[] = PERMISSIONS[request.name].scopes;
        if (scopes.includes(field)) continue;
        errors.push({
          pointer: `${pointer}/${field}`,
          message: `"${request.name}" cannot be narrowed by ${field}; remove it.`,
        });
      }
    }
  }
  return errors;
};

const askedBy = ({ permissions }: Manifest): ReadonlySet<PermissionName> =>
  new Set(
    [...(permissions?.required ?? []), ...(permissions?.optional ?? [])].map(
      (entry) => normalizePermission(entry).name,
    ),
  );

const unknownField = (name: string, known: readonly string[]): string => {
  const nearest = nearestName(name, known);
  return `"${name}" is not a known field; ${nearest === undefined ? "remove it." : `did you mean "${nearest}"?`}`;
};

const nearestHint = (wrong: unknown, known: readonly unknown[] | undefined): string => {
  const nearest = typeof wrong === "string" ? nearestName(wrong, (known ?? []).map(String)) : undefined;
  return nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
};

const describe = (node: unknown): string => (isJsonObject(node) ? expected(node) : "given");
const expected = (node: { description?: unknown; enum?: unknown }): string => {
  if (typeof node.description === "string") return node.description;
  return Array.isArray(node.enum)
    ? `one of ${node.enum.slice(0, 12).map(String).join(", ")}`
    : "of the form that the schema gives";
};

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "Nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** The schema node that a fault's `#/a/b` names: where the keyword stands. */
const resolve = (schema: TSchema, path: string): object =>
  atPointer(schema, path.replace(/^#/, "")) as object;
