import { MAX_CALL_DEPTH, PatchbayError } from "@patchbay/protocol";

/** Through what a call has come, the outermost first: `plugin/tool`, `plugin:provider`, `plugin:hook name`. */
export type CallPath = readonly string[];

/**
 * The path with its next place. Throws `call_loop`, with the whole way, when the call has come through it already, which would wait for
 * the answer, and when it is through as many as there may be. `who` ask each other.
 */
export const onward = (
  path: CallPath,
  next: string,
  { who, isThere = path.includes(next) }: { readonly who: string; readonly isThere?: boolean },
): CallPath => {
  const whole = [...path, next];
  if (!isThere && whole.length <= MAX_CALL_DEPTH) return whole;
  const how = isThere ? "in a circle" : `over more than ${MAX_CALL_DEPTH} of them`;
  throw new PatchbayError("call_loop", `${who} ask each other ${how}: ${whole.join(" → ")}.`, {
    facts: { path: whole },
  });
};
