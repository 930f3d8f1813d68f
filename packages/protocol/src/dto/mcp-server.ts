import Type, { type Static } from "typebox";
import { strict } from "../manifest-fields.ts";
import { INSTALLATION_STATES } from "../states.ts";
import { TEXT } from "../text.ts";
import { ScopeDto } from "./plugins.ts";

export const McpServerBody = Type.Object(
  {
    name: Type.String({
      pattern: "^[a-z0-9][a-z0-9-]*$",
      maxLength: 40,
      description: "Short name: the plugin is `mcp.` and this",
    }),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 60, format: TEXT })),
    url: Type.String({ minLength: 1, maxLength: 2_048, description: "Its address: streamable HTTP" }),
    key: Type.Optional(
      Type.String({ minLength: 1, maxLength: 8_192, description: "Written, and never read again" }),
    ),
    header: Type.Optional(
      Type.Object(
        {
          name: Type.String({ pattern: "^[A-Za-z0-9-]+$", maxLength: 64 }),
          prefix: Type.Optional(Type.String({ maxLength: 64, pattern: "^[\\x20-\\x7e]*$" })),
        },
        { ...strict, description: "Where the key goes: `authorization` after `Bearer ` unless given" },
      ),
    ),
    scope: Type.Optional(ScopeDto),
  },
  strict,
);
export type McpServerBody = Static<typeof McpServerBody>;

/** A server of the Model Context Protocol, which is a plugin of the organization. */
export const McpServerDto = Type.Object({
  plugin: Type.String(),
  title: Type.String(),
  url: Type.String({ description: "Without the values of its query that look like keys" }),
  version: Type.String({ description: "The one that was approved last" }),
  state: Type.Enum([...INSTALLATION_STATES]),
  tools: Type.Integer({ description: "How many were approved" }),
  waiting: Type.Optional(
    Type.String({ description: "The version with what the server has now, where that was not approved" }),
  ),
  outage: Type.Optional(
    Type.Object(
      { message: Type.String(), since: Type.String({ format: "date-time" }) },
      { description: "Why it does not answer: its tools are not listed then" },
    ),
  ),
  checkedAt: Type.Optional(Type.String({ format: "date-time" })),
});
export type McpServerDto = Static<typeof McpServerDto>;
