import { authorize } from "@patchbay/core";
import type { ModelCaller } from "../providers/ask-provider.ts";

/** Whose a use of a model is. */
export interface Asker {
  readonly organizationId: string;
  /** The plugin that asks. */
  readonly plugin: string | null;
  readonly userId: string | null;
  readonly apiKeyId: string | null;
  /** Slug. */
  readonly project: string | null;
}

/** Throws `forbidden` and `organization_not_found`. */
export const askerOf = ({ principal, organization, project }: ModelCaller): Asker => ({
  organizationId: authorize(principal, organization, "org.plugins.use").organization.id,
  plugin: null,
  userId: principal.user.id,
  apiKeyId: principal.key?.id ?? null,
  project: project ?? null,
});
