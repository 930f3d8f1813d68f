import { PatchbayError } from "@patchbay/protocol";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { PluginAnswer } from "../../ports/plugin-runtime.ts";
import { discardAnswer } from "../invocation/bounded-files.ts";

/** Reads answers that have to be of a form. What it gives throws `plugin_error` for others; `what` is what it should be. */
export const answerReader = <S extends TSchema>(schema: S, what: string) => {
  let compiled: ReturnType<typeof Compile<S>> | undefined;
  return (answer: PluginAnswer) => {
    discardAnswer(answer);
    compiled ??= Compile(schema);
    if (answer.kind === "value" && compiled.Check(answer.value)) return answer.value;
    throw new PatchbayError("plugin_error", `The plugin's answer is no ${what}.`);
  };
};
