import { isJsonObject } from "@patchbay/protocol";

/** What the gateway refused, or a model failed with, as it says itself. */
export class ModelProblem extends Error {
  /** What happened, for programs; undefined where the answer was of no format. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** The error in a body or an event of OpenAI's format; null where there is none. */
export const problemIn = (body: unknown): ModelProblem | null => {
  if (!isJsonObject(body) || !isJsonObject(body.error)) return null;
  const { message, code } = body.error;
  return new ModelProblem(String(message), typeof code === "string" ? code : undefined);
};
