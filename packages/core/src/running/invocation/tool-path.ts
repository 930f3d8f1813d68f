import { MAX_CALL_DEPTH, PatchbayError } from "@patchbay/protocol";

/**
 * The way of a call to a plugin's tool, as `plugin/tool` for each that it comes through, the outermost first. Throws `call_loop` when the
 * plugin is on the way already, since that waits for the answer, or when it is longer than it may be.
 */
export const pathToTool = (path: readonly string[], plugin: string, tool: string): readonly string[] => {
  const whole = [...path, `${plugin}/${tool}`];
  const isThere = path.some((place) => place.startsWith(`${plugin}/`));
  if (!isThere && whole.length <= MAX_CALL_DEPTH) return whole;
  const what = isThere
    ? "The plugins call each other in a circle"
    : `The plugins call each other over more than ${MAX_CALL_DEPTH} of them`;
  throw new PatchbayError("call_loop", `${what}: ${whole.join(" → ")}.`, { facts: { path: whole } });
};
