import type { CallAsks, Questions } from "@patchbay/protocol";
import { type ClientQuestion, type Elicit, type Elicitation, PluginError } from "@patchbay/sdk";
import { inputCheckFor } from "@patchbay/sdk/files";

/** What a call asks of the person behind it. `send` is the call's last word: it is made again with the answers. */
export const askingFor = (asks: CallAsks | undefined, send: (questions: Questions) => void): Elicit => {
  let times = 0;
  const elicit = async (asked: Readonly<Record<string, Elicitation | ClientQuestion>>) => {
    const questions: Questions = {};
    for (const [name, question] of Object.entries(asked)) {
      const written = writtenOf(question);
      if (asks?.methods.includes(written.method) === true) questions[name] = written;
    }
    if (asks === undefined || Object.keys(questions).length === 0) throw nobodyToAsk(asked);
    const given = asks.given[times];
    times += 1;
    if (given === undefined) {
      send(questions);
      throw new PluginError("input_required", "The call waits for an answer, and is made again with it.");
    }
    for (const [name, question] of Object.entries(asked)) await requireFitting(name, question, given[name]);
    return given;
  };
  return elicit as Elicit;
};

const writtenOf = (question: Elicitation | ClientQuestion): Questions[string] => {
  if ("method" in question) return { method: question.method, params: { ...question.params } };
  const { message, schema } = question;
  return { method: "elicitation/create", params: { message: String(message), requestedSchema: schema } };
};

/** Throws `invalid_input` where a person's answer does not fit the form that they were asked to fill in. */
const requireFitting = async (
  name: string,
  question: Elicitation | ClientQuestion,
  answer: unknown,
): Promise<void> => {
  if ("method" in question) return;
  const { action, content } = (answer ?? {}) as { readonly action?: unknown; readonly content?: unknown };
  if (action !== "accept") return;
  try {
    await inputCheckFor(question.schema)(content ?? {});
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    throw new PluginError(
      "invalid_input",
      `The answer to "${name}" does not fit what was asked: ${error.message}`,
    );
  }
};

const nobodyToAsk = (asked: Readonly<Record<string, Elicitation | ClientQuestion>>): PluginError => {
  const methods = [...new Set(Object.values(asked).map((question) => writtenOf(question).method))];
  return new PluginError(
    "nobody_to_ask",
    `The tool asks something (${methods.join(", ")}) that nobody is there to answer. Call it from a client of the Model Context Protocol that can.`,
    { errors: methods.map((method) => ({ pointer: `/${method}`, message: "cannot be asked" })) },
  );
};
