import { type InvocableTool, useApi } from "@patchbay/sdk/ui";
import { useRef, useState } from "react";
import { argumentsOf, REFUSED, resultOf, STOPPED, type ToolCall, type ToolResult } from "./tool-use.ts";

/** What the person is asked before a tool is used. */
export interface ToolQuestion {
  /** Its number: no two have the same. */
  readonly id: number;
  readonly call: ToolCall;
  readonly tool: InvocableTool;
  decide(decision: Decision): void;
}

/** `always`: until the conversation is closed. */
export type Decision = "once" | "always" | "never";

/** The tool that a model knows by this name, as long as the person has it chosen. */
export type FindTool = (name: string) => InvocableTool | undefined;

/** Of one answer. Results of more would not fit into one message. */
const MAX_CALLS = 16;

/** Uses tools that a model asks for, one after the other, each after the person has said yes. */
export const useToolCalls = () => {
  const { tools } = useApi();
  const [question, setQuestion] = useState<ToolQuestion | null>(null);
  const allowed = useRef(new Set<string>());
  const asked = useRef(0);

  const ask = async (call: ToolCall, tool: InvocableTool, signal: AbortSignal): Promise<Decision> => {
    if (allowed.current.has(tool.id)) return "always";
    const { promise, resolve, reject } = Promise.withResolvers<Decision>();
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    asked.current += 1;
    setQuestion({ id: asked.current, call, tool, decide: resolve });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
      setQuestion(null);
    }
  };

  const use = async (call: ToolCall, find: FindTool, signal: AbortSignal): Promise<ToolResult> => {
    signal.throwIfAborted();
    const tool = find(call.name);
    if (tool === undefined) return resultOf(call, { failure: `There is no tool "${call.name}".` });
    const given = argumentsOf(call);
    if (given === undefined) return resultOf(call, { failure: "The arguments are no JSON." });
    const decision = await ask(call, tool, signal);
    // While they were asked they may have taken the tool away.
    if (decision === "never" || find(call.name) === undefined) return resultOf(call, { failure: REFUSED });
    if (decision === "always") allowed.current.add(tool.id);
    try {
      return resultOf(call, { value: await tools.invoke(tool.id, given.input, { signal }) });
    } catch (error) {
      signal.throwIfAborted();
      return resultOf(call, { failure: error instanceof Error ? error.message : String(error) });
    }
  };

  return {
    question,
    /** One result for each call. What was used before the signal aborts has its own; what was not says so. */
    async run(calls: readonly ToolCall[], find: FindTool, signal: AbortSignal): Promise<ToolResult[]> {
      const results: ToolResult[] = [];
      for (const call of calls.slice(0, MAX_CALLS)) {
        const stopped = resultOf(call, { failure: STOPPED });
        results.push(
          await use(call, find, signal).catch((fault: unknown) => {
            if (signal.aborted) return stopped;
            throw fault;
          }),
        );
      }
      const failure = `Only ${MAX_CALLS} calls of an answer are made. Ask for this one again.`;
      return [...results, ...calls.slice(MAX_CALLS).map((call) => resultOf(call, { failure }))];
    },
  };
};
