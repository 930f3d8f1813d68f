import { askerOf, isServerCode, type PermittedCall } from "@patchbay/core";
import type { ModelCaller } from "../providers/ask-provider.ts";

/** Who asks by a host call: whoever looks at the view that makes it, or the plugin itself. */
export const callerOf = (call: PermittedCall, signal: AbortSignal): ModelCaller => {
  const { spec, project, path, startedBy, link } = call;
  const by = askerOf(call);
  const asked = { by, project, signal, from: link, ...(path !== undefined && { path }) };
  return isServerCode(by) ? { ...asked, startedBy } : { ...asked, plugin: spec.pluginId };
};
