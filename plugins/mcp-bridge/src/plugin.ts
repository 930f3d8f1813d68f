import { definePlugin, type PluginDefinition, type ToolContext, tool } from "@patchbay/sdk";
import { answerOf } from "./answers.ts";
import { type Bridged, bridged } from "./bridged.ts";
import { Connection } from "./connection.ts";
import { answersTo, capabilitiesOf } from "./questions.ts";

/** The plugin of a server: its tools as they were approved, and what the server has now, which Patchbay compares with them. */
const pluginOf = (server: Bridged): PluginDefinition => {
  const connection = new Connection(server);
  return {
    onDeactivate: async () => await connection.close(),
    tools: Object.fromEntries(
      server.tools.map((one) => [
        one.name,
        tool({
          description: one.description,
          input: one.input,
          ...(one.output === undefined ? { answers: "content" as const } : { output: one.output }),
          run: async (input: unknown, call: ToolContext) => {
            const onprogress = ({
              progress,
              total,
              message,
            }: {
              progress: number;
              total?: number;
              message?: string;
            }) =>
              call.progress({
                done: Math.max(0, progress),
                ...(total !== undefined && { total }),
                ...(message !== undefined && { message }),
              });
            const given = input as Record<string, unknown>;
            const asked = {
              signal: call.signal,
              onprogress,
              capabilities: capabilitiesOf(call),
              answers: async (requests: Parameters<typeof answersTo>[0]) => await answersTo(requests, call),
            };
            return answerOf(one, await connection.call(keyOf(call), one, given, asked));
          },
        }),
      ]),
    ),
    resources: {
      definitions: {
        read: async (_variables, call) =>
          JSON.stringify(await connection.definitions(keyOf(call), call.signal)),
      },
    },
  };
};

/** A placeholder, which Patchbay replaces on the way to the server. */
const keyOf = ({ settings }: ToolContext): string => (typeof settings.key === "string" ? settings.key : "");

export default definePlugin(bridged === null ? {} : pluginOf(bridged));
