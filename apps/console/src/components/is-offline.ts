import { PatchbayError } from "@patchbay/protocol";

/** Whether no server has answered at all. That says more than what was wanted: its own title and words stand instead. */
export const isOffline = (error: unknown): boolean =>
  error instanceof PatchbayError && error.code === "unavailable" && error.facts.requestId === undefined;
