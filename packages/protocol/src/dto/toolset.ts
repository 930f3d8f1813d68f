import Type, { type Static } from "typebox";
import { ContributionName, strict } from "../manifest-fields.ts";
import { LINES, TEXT } from "../text.ts";

/** How a toolset shows its tools: all of them, or a tool that finds them and one that calls them. */
export const TOOLSET_MODES = ["tools", "search"] as const;
export type ToolsetMode = (typeof TOOLSET_MODES)[number];

/** What the strictest clients take of tools at once. */
export const MAX_TOOLSET_TOOLS = 128;

const ToolsetTool = Type.Object(
  {
    plugin: Type.String({ minLength: 3, maxLength: 100, description: "Id of the plugin" }),
    tool: ContributionName,
    name: Type.Optional(
      Type.String({
        pattern: "^[a-zA-Z][a-zA-Z0-9_-]{0,63}$",
        maxLength: 64,
        description: "Its name in the toolset, unless that is its own",
      }),
    ),
  },
  strict,
);

const CHANGEABLE = {
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 100, format: TEXT })),
  description: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4_000,
      format: LINES,
      description: "What clients are told of how to use these tools",
    }),
  ),
  mode: Type.Optional(
    Type.Enum([...TOOLSET_MODES], {
      description:
        "`search`: clients see `search_tools` and `call_tool` alone, whose answers have the tools with their schemas. `tools` if not given",
    }),
  ),
  tools: Type.Array(ToolsetTool, { maxItems: MAX_TOOLSET_TOOLS }),
};

export const ToolsetBody = Type.Object(
  {
    name: Type.String({
      pattern: "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
      maxLength: 63,
      description: "Short name, which stands in its address: `/mcp/{name}`",
    }),
    ...CHANGEABLE,
  },
  strict,
);
export type ToolsetBody = Static<typeof ToolsetBody>;

/** What is given is changed; a null takes away. */
export const ToolsetChangeBody = Type.Partial(
  Type.Object({
    title: Type.Union([CHANGEABLE.title, Type.Null()]),
    description: Type.Union([CHANGEABLE.description, Type.Null()]),
    mode: CHANGEABLE.mode,
    tools: CHANGEABLE.tools,
  }),
  strict,
);
export type ToolsetChangeBody = Static<typeof ToolsetChangeBody>;

export const ToolsetDto = Type.Object({
  name: Type.String(),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  mode: Type.Enum([...TOOLSET_MODES]),
  tools: Type.Array(ToolsetTool, {
    description: "Those of plugins that you see, in the order in which they are listed",
  }),
  url: Type.String({ description: "Where clients of the Model Context Protocol find it" }),
  revision: Type.String({ description: "For `If-Match` of a change" }),
});
export type ToolsetDto = Static<typeof ToolsetDto>;
