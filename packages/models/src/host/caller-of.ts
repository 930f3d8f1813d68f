import type { PermittedCall } from "@patchbay/core";
import { PatchbayError } from "@patchbay/protocol";
import type { ModelCaller } from "../providers/ask-provider.ts";

/** Who asks by a host call: whoever looks at the view that makes it, or the plugin itself. */
export const callerOf = ({ spec, by, project, path }: PermittedCall, signal: AbortSignal): ModelCaller => {
  const { onBehalfOf } = by.caller;
  const asked = { project, signal, ...(path !== undefined && { path }) };
  if (onBehalfOf === null) return { ...asked, by: { kind: "plugin", installation: spec, onBehalfOf } };
  const membership = onBehalfOf.memberships.find(
    ({ organization }) => organization.id === spec.organizationId,
  );
  if (membership !== undefined)
    return {
      ...asked,
      plugin: spec.pluginId,
      by: { principal: onBehalfOf, organization: membership.organization.slug },
    };
  throw new PatchbayError("forbidden", "Whoever looks at the view does not belong to its organization.");
};
