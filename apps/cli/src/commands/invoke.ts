import type { PatchbayClient } from "@patchbay/api-client";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, UsageError } from "../output.ts";
import { openClient } from "../session.ts";
import { size } from "../size.ts";
import { assignments, filesToSend, type WrittenFile, writeFiles } from "./call-files.ts";
import { readInput, STANDARD_STREAM } from "./input.ts";

interface InvokeOptions extends CommonOptions {
  readonly project?: string;
  readonly stream?: boolean;
  readonly file?: readonly string[];
  readonly output?: readonly string[];
}

interface Call {
  readonly plugin: string;
  readonly tool: string;
  readonly body: { readonly input: unknown; readonly project?: string };
}

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Calls a tool, with files in both directions. */
export const addInvokeCommand = (plugin: Command): void => {
  plugin
    .command("invoke <plugin> <tool> [input]")
    .alias("call")
    .description("Call a tool; the input is JSON, @FILE, or - for standard input")
    .option("--project <slug>", "the project that the call is for")
    .option("--stream", "print every value as soon as it is there")
    .option(
      "--file <field=path>",
      "send a file in this field of the input, such as document=tea.pdf; may be repeated",
      collected,
    )
    .option(
      "--output <field=path>",
      "write a file of the answer there, - for standard output; otherwise it goes into this folder, over nothing",
      collected,
    )
    .action(async (id: string, tool: string, input: string | undefined, options: InvokeOptions) => {
      const client = await openClient(options.org);
      const body = {
        input: await readInput(input),
        ...(options.project !== undefined && { project: options.project }),
      };
      const call = { plugin: id, tool, body };
      if (options.stream === true) await printStream(client, call, options);
      else await callOnce(client, call, options);
    });
};

const printStream = async (
  client: PatchbayClient,
  { plugin, tool, body }: Call,
  { file, output, json }: InvokeOptions,
): Promise<void> => {
  if (file !== undefined || output !== undefined)
    throw new UsageError("A stream of values has no files: leave away --stream, or --file and --output.");
  for await (const { event, data } of client.tools.stream(plugin, tool, body))
    if (event === "output") new Output(json).line(data, JSON.stringify(data));
};

const callOnce = async (
  client: PatchbayClient,
  { plugin, tool, body }: Call,
  options: InvokeOptions,
): Promise<void> => {
  const output = new Output(options.json);
  const files = await filesToSend(assignments("--file", options.file));
  const chosen = assignments("--output", options.output);
  const total = files.reduce((sum, { content }) => sum + content.size, 0);
  const bar = files.length === 0 ? undefined : output.bar("Sending", total);
  const answer = await client.tools
    .callWithFiles(plugin, tool, { ...body, files }, bar && { onSent: bar.update })
    .finally(() => bar?.end());
  const written = await writeFiles(answer.files, chosen, output);
  // A file may be what stands there: nothing else may come between.
  if ([...chosen.values()].includes(STANDARD_STREAM)) return;
  print(output, answer.output, written);
};

const print = (output: Output, answer: unknown, written: readonly WrittenFile[]): void => {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer, null, 2);
  const files = written.map(({ field, path, bytes }) => `${field}: ${path} (${size(bytes)})`);
  const value = files.length === 0 ? answer : { output: answer, files: written };
  output.result(value, [text, ...files].join("\n"));
};
