import Type, { type Static } from "typebox";
import { SERVER_KIND_NAMES } from "../contributions/index.ts";
import { PluginId } from "../manifest.ts";
import { ContributionName } from "../manifest-fields.ts";

/** Through what the first call of a chain came. */
export const CALL_SURFACES = ["api", "mcp", "models", "view", "schedule", "endpoint"] as const;
export type CallSurface = (typeof CALL_SURFACES)[number];

/** Input or output of a call, as the log of calls keeps it. */
const CallContent = Type.Object(
  {
    json: Type.String({ description: "JSON; of what is too long its beginning, which is none" }),
    isCut: Type.Boolean(),
  },
  { title: "CallContent" },
);
export type CallContent = Static<typeof CallContent>;

const Name = Type.Union([Type.String(), Type.Null()], { description: "null: it is gone" });

const LINE = {
  id: Type.String(),
  at: Type.String({ description: "RFC 3339: when it began" }),
  plugin: Type.String(),
  version: Type.String(),
  kind: Type.String({ description: "Of the contribution: `tools`, `models` and so on" }),
  name: Type.String({ description: "Of the contribution" }),
  project: Type.Optional(Type.String()),
  person: Type.Optional(
    Type.Object({ id: Type.String(), name: Name }, { description: "Who has started the chain" }),
  ),
  apiKey: Type.Optional(
    Type.Object({ id: Type.String(), name: Name }, { description: "With which they have" }),
  ),
  caller: Type.Optional(
    Type.String({ description: "The plugin that has called, by its server code or by a view" }),
  ),
  surface: Type.Optional(
    Type.Enum([...CALL_SURFACES], { description: "Through what the first call of the chain came" }),
  ),
  path: Type.Optional(
    Type.Array(Type.String(), {
      description: "Through what it has come, the outermost first; `hidden` for a plugin that you do not see",
    }),
  ),
  parent: Type.Optional(Type.String({ description: "Id of the call that it is a part of" })),
  chain: Type.String({ description: "Id of the first call of its chain" }),
  trace: Type.Optional(Type.String({ description: "The trace that the caller named (W3C)" })),
  durationMs: Type.Number(),
  code: Type.Optional(
    Type.String({ description: "Of the error that it ended with; absent when it was answered" }),
  ),
  inputBytes: Type.Optional(Type.Integer({ description: "As it went into the sandbox, files included" })),
  outputBytes: Type.Optional(Type.Integer()),
};

/** One call into a plugin. */
export const CallDto = Type.Object(LINE, { title: "Call" });
export type CallDto = Static<typeof CallDto>;

/** The same with all that is kept of it. */
export const CallDetailDto = Type.Object(
  {
    ...LINE,
    input: Type.Optional(CallContent),
    output: Type.Optional(CallContent),
    calls: Type.Array(CallDto, {
      description:
        "The chain that it belongs to, itself included, as far as you may read it; by their beginnings",
    }),
  },
  { title: "CallDetail" },
);
export type CallDetailDto = Static<typeof CallDetailDto>;

const Time = (description: string) => Type.String({ format: "date-time", description });
const Id = Type.String({ pattern: "^[\\w-]{1,64}$" });

/** Which calls are wanted. */
export const CALL_FILTERS = {
  plugin: Type.Optional(PluginId),
  kind: Type.Optional(Type.Enum([...SERVER_KIND_NAMES])),
  name: Type.Optional(ContributionName),
  project: Type.Optional(Type.String({ pattern: "^[a-z0-9-]{1,63}$", description: "Slug" })),
  person: Type.Optional(Id),
  apiKey: Type.Optional(Id),
  chain: Type.Optional(Id),
  ended: Type.Optional(
    Type.String({
      pattern: "^[a-z_]{1,64}$",
      description: "`answered`, `failed`, or the code of an error",
    }),
  ),
  since: Type.Optional(Time("Began then or later")),
  until: Type.Optional(Time("Began before")),
};
