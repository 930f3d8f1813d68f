import type { InvokeOptions, ToolsApi } from "../api/tools.ts";
import { type TypedAsk, value } from "./ask.ts";
import { streamed } from "./streamed.ts";

export const toolsApi = (ask: TypedAsk): ToolsApi => ({
  list: () => value(ask("tools.list", {})),
  invoke: <T>(tool: string, input: unknown = {}, { signal }: InvokeOptions = {}) =>
    value(ask("tools.invoke", { tool, input }, signal ? { signal } : {})) as Promise<T>,
  stream: <T>(tool: string, input: unknown = {}, { signal }: InvokeOptions = {}) =>
    streamed<T, "tools.stream">(ask, "tools.stream", { tool, input }, signal),
});
