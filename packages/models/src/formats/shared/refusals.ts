import { PatchbayError } from "@patchbay/protocol";

/** For what a request holds and the upstream's format has no words for. `pointer` leads into the internal form. */
export const cannotCarry = (pointer: string, message: string): PatchbayError =>
  new PatchbayError("invalid_request", message, { errors: [{ pointer, message }] });
