import { PermissionDeniedError, PluginError } from "../../errors.ts";
import { gather, isStream } from "../streams.ts";
import type { StandIn } from "./stand-in.ts";

/** Tools of other plugins in a test, as `plugin/tool`. One that gives an async iterable is a stream; what it throws, the platform throws. */
export type ToolsStandIn = Readonly<Record<string, (input: unknown) => unknown>>;

export const tools = (pluginId: string, all: ToolsStandIn = {}): StandIn<"tools"> => {
  const run = async (id: string, input: unknown): Promise<unknown> => {
    if (id.startsWith(`${pluginId}/`))
      throw new PermissionDeniedError(
        `"${pluginId}" may not invoke "${id}": it is its own tool, which it can call without the platform.`,
      );
    const tool = all[id];
    if (tool === undefined) throw new PluginError("tool_not_found", `There is no tool "${id}" here.`);
    return await tool(input);
  };
  return {
    "tools.list": () => ({
      value: Object.keys(all).map((id) => ({ id, description: `The tool ${id}.` })),
    }),
    "tools.invoke": async ({ tool, input }) => {
      const answer = await run(tool, input);
      return { value: isStream(answer) ? await gather(answer) : (answer ?? null) };
    },
    "tools.stream": async ({ tool, input }) => {
      const answer = await run(tool, input);
      return { value: null, values: isStream(answer) ? answer : one(answer) };
    },
  };
};

const one = async function* (value: unknown): AsyncGenerator<unknown> {
  yield value;
};
