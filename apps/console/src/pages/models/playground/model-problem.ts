import { isErrorCode, isJsonObject, PatchbayError } from "@patchbay/protocol";

/** What a model failed with, as the gateway says it. */
export class ModelProblem extends Error {
  /** What happened, for programs; undefined where the answer was of no format. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** The error in a body or an event of OpenAI's format: one of Patchbay's own where it has such a code. null where there is none. */
export const problemIn = (body: unknown): ModelProblem | PatchbayError | null => {
  if (!isJsonObject(body) || !isJsonObject(body.error)) return null;
  const { code } = body.error;
  const message = String(body.error.message);
  if (isErrorCode(code)) return new PatchbayError(code, message);
  return new ModelProblem(message, typeof code === "string" ? code : undefined);
};
