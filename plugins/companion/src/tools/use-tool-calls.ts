import { type InvocableTool, useApi } from "@patchbay/sdk/ui";
import { useRef, useState } from "react";
import {
  argumentsOf,
  type NamedTool,
  REFUSED,
  resultOf,
  type ToolCall,
  type ToolResult,
} from "./tool-use.ts";

/** What the person is asked before a tool is used. */
export interface ToolQuestion {
  readonly call: ToolCall;
  readonly tool: InvocableTool;
  decide(decision: Decision): void;
}

/** `always`: until the conversation is closed. */
export type Decision = "once" | "always" | "never";

/** Uses tools that a model asks for, one after the other, each after the person has said yes. */
export const useToolCalls = () => {
  const { tools } = useApi();
  const [question, setQuestion] = useState<ToolQuestion | null>(null);
  const allowed = useRef(new Set<string>());

  const ask = async (call: ToolCall, tool: InvocableTool, signal: AbortSignal): Promise<Decision> => {
    if (allowed.current.has(tool.id)) return "always";
    const { promise, resolve, reject } = Promise.withResolvers<Decision>();
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    setQuestion({ call, tool, decide: resolve });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
      setQuestion(null);
    }
  };

  const use = async (
    call: ToolCall,
    given: readonly NamedTool[],
    signal: AbortSignal,
  ): Promise<ToolResult> => {
    const tool = given.find(({ name }) => name === call.name)?.tool;
    if (tool === undefined) return resultOf(call, { failure: `There is no tool "${call.name}".` });
    const asked = argumentsOf(call);
    if (asked === undefined) return resultOf(call, { failure: "The arguments are no JSON." });
    const decision = await ask(call, tool, signal);
    if (decision === "never") return resultOf(call, { failure: REFUSED });
    if (decision === "always") allowed.current.add(tool.id);
    try {
      return resultOf(call, { value: await tools.invoke(tool.id, asked.input, { signal }) });
    } catch (error) {
      signal.throwIfAborted();
      return resultOf(call, { failure: error instanceof Error ? error.message : String(error) });
    }
  };

  return {
    question,
    /** Throws the signal's reason. */
    async run(
      calls: readonly ToolCall[],
      given: readonly NamedTool[],
      signal: AbortSignal,
    ): Promise<ToolResult[]> {
      const results: ToolResult[] = [];
      for (const call of calls) results.push(await use(call, given, signal));
      return results;
    },
  };
};
