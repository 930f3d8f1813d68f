import type { ContentAsk } from "@patchbay/protocol";
import type { PromptDefinition } from "@patchbay/sdk";
import { askPrompt } from "@patchbay/sdk/content";
import { answerCheckOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

type PromptAsk = Exclude<ContentAsk, { readonly ask: "read" }>;

export const prompts: GuestKind<"prompts"> = {
  one: "prompt",
  notFound: "prompt_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.run !== "function")
      throw notThis(`The prompt "${name}" has no function \`run\`.`);
    const prompt = value as unknown as PromptDefinition;
    const { title, description, arguments: named } = prompt;
    if (named !== undefined && !isRecord(named))
      throw notThis(`The \`arguments\` of the prompt "${name}" are no object of arguments by name.`);
    return {
      found: {
        name,
        ...words({ title, description }),
        ...(named !== undefined && { arguments: Object.entries(named).map(argumentOf) }),
      },
      checkInput: async (input) => input,
      answers: () => answerCheckOf(undefined),
      run: (ask, call) => askPrompt(prompt, ask as PromptAsk, call),
    };
  },
};

const argumentOf = ([name, argument]: [string, unknown]) => {
  const { title, description, required } = isRecord(argument) ? argument : {};
  return { name, ...words({ title, description }), ...(required === true && { required }) };
};

const words = ({ title, description }: { readonly title?: unknown; readonly description?: unknown }) => ({
  ...(typeof title === "string" && { title }),
  ...(typeof description === "string" && { description }),
});
