import type { HookQuestion, MessageHook } from "@patchbay/sdk";
import { answerCheckOf } from "@patchbay/sdk/files";
import { type GuestKind, isRecord, notThis } from "./kind.ts";

export const messageHooks: GuestKind<"messageHooks"> = {
  one: "message hook",
  notFound: "hook_not_found",
  prepare(name, value) {
    if (!isRecord(value) || typeof value.run !== "function")
      throw notThis(`The message hook "${name}" has no function \`run\`.`);
    const hook = value as unknown as MessageHook;
    const { title, description } = hook;
    return {
      found: {
        name,
        ...(typeof title === "string" ? { title } : {}),
        ...(typeof description === "string" ? { description } : {}),
      },
      checkInput: async (input) => input,
      answers: () => answerCheckOf(undefined),
      run: async (question, call) => (await hook.run(question as HookQuestion, call)) ?? null,
    };
  },
};
