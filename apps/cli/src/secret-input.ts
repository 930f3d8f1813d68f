import { createInterface } from "node:readline/promises";
import { PassThrough, type Readable } from "node:stream";
import { PatchbayError } from "@patchbay/protocol";

interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * A line that nobody should see: typed without being shown after `question` at a terminal, otherwise the first line of the input,
 * without white space around it. Throws `cancelled` for Ctrl-C and Ctrl-D at a terminal.
 */
export const readSecret = async (
  question: string,
  { input, output }: Streams = { input: process.stdin, output: process.stderr },
): Promise<string> =>
  input.isTTY === true ? await type(question, { input, output }) : await firstLine(input);

const type = async (question: string, { input, output }: Streams): Promise<string> => {
  // Readline echoes what is typed to where it writes.
  const nowhere = new PassThrough().resume();
  const terminal = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  try {
    return (await terminal.question("")).trim();
  } catch (error) {
    throw new PatchbayError("cancelled", "Nothing was changed.", { cause: error });
  } finally {
    terminal.close();
    output.write("\n");
  }
};

const firstLine = async (input: Readable): Promise<string> => {
  let text = "";
  for await (const chunk of input) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return (text.split("\n", 1)[0] ?? "").trim();
};
