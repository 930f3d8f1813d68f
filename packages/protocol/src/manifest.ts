import Type, { type Static } from "typebox";
import { isCheckedFormat } from "./checked-formats.ts";
import { ContributesSchema } from "./contributions/index.ts";
import { HOST_PATTERN, MAX_HOST_CHARACTERS } from "./hosts.ts";
import { isJsonObject } from "./json.ts";
import {
  DEFAULT_CALL_SECONDS,
  DEFAULT_MEMORY_MB,
  MAX_CALL_SECONDS,
  MAX_MEMORY_MB,
  MIN_MEMORY_MB,
} from "./limits.ts";
import { Icon, packageFile, strict, text } from "./manifest-fields.ts";
import { PERMISSION_NAMES, VIEW_USES } from "./permissions.ts";
import { PLUGIN_CATEGORIES } from "./plugin-categories.ts";
import { publicSettingSchema } from "./settings-schema.ts";
import { MAX_VERSION_CHARACTERS, RANGE, VERSION_PATTERN } from "./versions.ts";

/**
 * The form of `plugin.json`. It is also the public schema at `/schema/plugin.v1.json`, so each `description` is what an
 * editor shows, and what an error message ends with.
 */

const PLUGIN_ID_PATTERN = "^[a-z0-9][a-z0-9-]*\\.[a-z0-9][a-z0-9-]*$";

const range = (what: string) =>
  Type.String({ minLength: 1, maxLength: 100, format: RANGE, description: what });

export const PluginId = Type.String({
  pattern: PLUGIN_ID_PATTERN,
  maxLength: 100,
  description: "publisher.name, each part of lower-case letters, digits and hyphens, such as acme.weather",
});
/** What rules about plugins name. */
export const PluginPattern = Type.String({
  pattern: "^[a-z0-9][a-z0-9-]*\\.([a-z0-9][a-z0-9-]*|\\*)$",
  maxLength: 130,
  description: "A plugin's id, or publisher.* for all of a publisher",
});
export const Semver = Type.String({
  pattern: VERSION_PATTERN,
  maxLength: MAX_VERSION_CHARACTERS,
  description: "a semantic version such as 1.2.0 or 2.0.0-beta.1, without build metadata (+…)",
});

const HostPattern = Type.String({
  pattern: HOST_PATTERN,
  maxLength: MAX_HOST_CHARACTERS,
  description: "a host name in lower case, *.name for all names below it, or * for any public address",
});
const Hosts = Type.Array(HostPattern, { minItems: 1, maxItems: 100, description: "a list of host names" });

/** The fields that narrow a permission, in a manifest and in a grant alike. */
const scopeFields = {
  hosts: Type.Optional(Hosts),
  methods: Type.Optional(
    Type.Array(Type.Enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]), {
      minItems: 1,
      maxItems: 7,
      description: "a list of HTTP methods in upper case",
    }),
  ),
  ids: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 100,
      description: "a list of ids such as acme.geo/locate or acme.geo/*",
    }),
  ),
  streams: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 100,
      description: "a list of stream names",
    }),
  ),
  callsPerMinute: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000, description: "a whole number of calls a minute" }),
  ),
  views: Type.Optional(
    Type.Enum([...VIEW_USES], {
      description: "what its views have of it: none, use, or secrets to have secrets put into their requests",
    }),
  ),
};

export const PermissionNameSchema = Type.Enum([...PERMISSION_NAMES], {
  description: "a permission's name, such as net.fetch",
});

export const GrantSchema = Type.Union(
  [PermissionNameSchema, Type.Object({ name: PermissionNameSchema, ...scopeFields }, strict)],
  { description: "a permission's name, or an object with its name and what it is narrowed to" },
);

const PermissionRequestSchema = Type.Union(
  [
    PermissionNameSchema,
    Type.Object(
      {
        name: PermissionNameSchema,
        ...scopeFields,
        reason: Type.Optional(text(500, "one sentence for the person who grants it")),
      },
      strict,
    ),
  ],
  { description: "a permission's name, or an object with its name, scope and reason" },
);

export const ManifestSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 500, description: "where an editor finds this schema" })),
    id: PluginId,
    name: text(60, "the name that people see, of at most 60 characters"),
    version: Semver,
    description: text(300, "what the plugin does, in at most 300 characters"),
    author: Type.Object(
      {
        name: text(100, "who made it"),
        url: Type.Optional(
          Type.String({
            pattern: "^https?://",
            maxLength: 500,
            description: "a web address that starts with https://",
          }),
        ),
        email: Type.Optional(
          Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", maxLength: 254, description: "an e-mail address" }),
        ),
      },
      { ...strict, description: "an object with a name, and optionally url and email" },
    ),
    license: Type.Optional(text(100, "an SPDX identifier such as MIT")),
    homepage: Type.Optional(
      Type.String({
        pattern: "^https?://",
        maxLength: 500,
        description: "a web address that starts with https://",
      }),
    ),
    category: Type.Enum([...PLUGIN_CATEGORIES], {
      description: "one of ui, model, data, integration, utility",
    }),
    keywords: Type.Optional(
      Type.Array(text(40, "a word"), { maxItems: 20, description: "a list of at most 20 words" }),
    ),
    icon: Type.Optional(Icon),
    engines: Type.Object(
      {
        patchbay: range("a range of Patchbay versions such as ^1.0.0"),
      },
      { ...strict, description: 'an object such as { "patchbay": "^1.0.0" }' },
    ),
    main: Type.Optional(packageFile("dist/plugin.js")),
    ui: Type.Optional(packageFile("dist/ui.js")),
    permissions: Type.Optional(
      Type.Object(
        {
          required: Type.Optional(
            Type.Array(PermissionRequestSchema, { maxItems: 50, description: "a list of permissions" }),
          ),
          optional: Type.Optional(
            Type.Array(PermissionRequestSchema, { maxItems: 50, description: "a list of permissions" }),
          ),
        },
        { ...strict, description: "an object with the lists required and optional" },
      ),
    ),
    settings: Type.Optional(Type.Object({}, { description: "a JSON Schema of type object" })),
    contributes: Type.Optional(ContributesSchema),
    dependencies: Type.Optional(
      Type.Record(Type.String({ pattern: PLUGIN_ID_PATTERN }), range("a version range such as ^2.0.0"), {
        description: "an object of plugin ids with version ranges",
        additionalProperties: false,
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          memoryMb: Type.Optional(
            Type.Integer({
              minimum: MIN_MEMORY_MB,
              maximum: MAX_MEMORY_MB,
              default: DEFAULT_MEMORY_MB,
              description: `a whole number from ${MIN_MEMORY_MB} to ${MAX_MEMORY_MB}`,
            }),
          ),
          callSeconds: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: MAX_CALL_SECONDS,
              default: DEFAULT_CALL_SECONDS,
              description: `a whole number from 1 to ${MAX_CALL_SECONDS}`,
            }),
          ),
        },
        { ...strict, description: "an object with memoryMb and callSeconds" },
      ),
    ),
  },
  {
    ...strict,
    $id: "urn:patchbay:schema:plugin:v1",
    title: "Patchbay plugin manifest",
    description: "an object: the manifest of a plugin",
  },
);

export type Manifest = Static<typeof ManifestSchema>;

/** The schema as an editor or a validator of another make reads it. */
export const publicManifestSchema = (): Record<string, unknown> => {
  const schema = withoutOwnFormats(ManifestSchema) as { readonly properties: Record<string, unknown> };
  const { settings } = schema.properties;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    properties: { ...schema.properties, settings: { ...(settings as object), $ref: "#/$defs/setting" } },
    $defs: { setting: publicSettingSchema() },
  };
};

/** Other validators do not know our formats, and some refuse what they do not know. */
const withoutOwnFormats = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withoutOwnFormats);
  if (!isJsonObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name, value]) => name !== "format" || !isCheckedFormat(value))
      .map(([name, value]) => [name, withoutOwnFormats(value)]),
  );
};
