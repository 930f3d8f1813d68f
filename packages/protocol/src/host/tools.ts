import Type from "typebox";
import { answers, type HostDomain, strict } from "./domain.ts";

/** `acme.geo/locate`: the plugin, and the name of its tool. */
const ToolId = Type.String({
  maxLength: 256,
  pattern: "^[^/]+/[^/]+$",
  description: "the id of a plugin, a slash and the name of its tool, such as acme.geo/locate",
});
const InvokeParams = Type.Object({ tool: ToolId, input: Type.Optional(Type.Unknown()) }, strict);

/** A tool of another plugin, as it can be invoked. */
export interface InvocableTool {
  /** `acme.geo/locate`, by which it is invoked. */
  readonly id: string;
  readonly title?: string;
  readonly description: string;
  /** JSON Schemas, where the plugin gives them. */
  readonly input?: unknown;
  readonly output?: unknown;
}

const INVOKE = "tools.invoke";

/** Tools of other plugins. */
export const TOOLS = {
  "tools.list": {
    permission: INVOKE,
    params: Type.Object({}, strict),
    answer: answers<readonly InvocableTool[]>(),
  },
  /** A stream is gathered into a list, and files stand in the answer in base64. */
  "tools.invoke": { permission: INVOKE, params: InvokeParams, answer: answers<unknown>() },
  /** A tool that does not stream is a stream of one value. */
  "tools.stream": {
    permission: INVOKE,
    params: InvokeParams,
    answer: answers<null>(),
    values: answers<unknown>(),
  },
} as const satisfies HostDomain;
