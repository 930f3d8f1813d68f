import { authorize, isServerCode } from "@patchbay/core";
import type { ModelCaller } from "../providers/ask-provider.ts";

/** Whose a use of a model is. */
export interface Payer {
  readonly organizationId: string;
  /** The plugin that asks. */
  readonly plugin: string | null;
  /** Who asks, or has started the chain of calls in which server code asks; null where nobody has. */
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  /** Slug. */
  readonly project: string | null;
}

/** Throws `forbidden` and `organization_not_found`. */
export const payerOf = ({ by, plugin, project, startedBy }: ModelCaller): Payer => {
  if (isServerCode(by)) {
    const { organizationId, pluginId } = by.installation;
    return {
      organizationId,
      plugin: pluginId,
      userId: startedBy?.person ?? null,
      apiKeyId: startedBy?.apiKey ?? null,
      project: project ?? null,
    };
  }
  const { principal, organization } = by;
  return {
    organizationId: authorize(principal, organization, "org.plugins.use").organization.id,
    plugin: plugin ?? null,
    userId: principal.user.id,
    apiKeyId: principal.key?.id ?? null,
    project: project ?? null,
  };
};
