import { PatchbayError } from "@patchbay/protocol";
import type { Asker } from "../../access/caller.ts";
import type { GateCall } from "./domain.ts";

/** In whose name a host call uses what other plugins contribute: that of whoever looks at the view, or the plugin's own. Throws `forbidden`. */
export const askerOf = ({ spec, by }: Pick<GateCall, "spec" | "by">): Asker => {
  const { onBehalfOf } = by.caller;
  if (onBehalfOf === null) return { kind: "plugin", installation: spec, onBehalfOf };
  const membership = onBehalfOf.memberships.find(
    ({ organization }) => organization.id === spec.organizationId,
  );
  if (membership !== undefined) return { principal: onBehalfOf, organization: membership.organization.slug };
  throw new PatchbayError("forbidden", "Whoever looks at the view does not belong to its organization.");
};
