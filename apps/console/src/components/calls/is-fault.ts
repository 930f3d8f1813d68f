/** Ends that nobody is to blame for: given up by the caller, or to be called again with an answer. */
const NO_FAULTS: ReadonlySet<string | undefined> = new Set([undefined, "cancelled", "input_required"]);

/** Whether a call that ended so has failed. */
export const isFault = (code: string | undefined): boolean => !NO_FAULTS.has(code);
