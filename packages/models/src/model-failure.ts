import type { ModelError } from "@patchbay/protocol";

/** That a model failed, or sent what is no answer. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
  readonly error: ModelError;

  constructor(error: ModelError, options?: ErrorOptions) {
    super(error.message, options);
    this.error = error;
  }
}
