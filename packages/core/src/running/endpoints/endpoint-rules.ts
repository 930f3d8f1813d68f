import { type EndpointAuthentication, PatchbayError } from "@patchbay/protocol";
import type { EndpointChoices } from "../../ports/endpoint-store.ts";
import type { Installation } from "../../ports/installation-store.ts";

/** What a change is held against, and a revision stands for. */
export const choicesOf = ({
  title,
  authentication,
  enabled,
  perMinute,
  maxBodyBytes,
  maxSeconds,
  origins,
  keepsBodies,
}: EndpointChoices): EndpointChoices => ({
  title,
  authentication,
  enabled,
  perMinute,
  maxBodyBytes,
  maxSeconds,
  origins,
  keepsBodies,
});

/** What a change makes other, for the history. */
export const changesOf = (before: EndpointChoices, after: EndpointChoices): Record<string, unknown> =>
  Object.fromEntries(
    (Object.keys(before) as (keyof EndpointChoices)[])
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .map((key) => [key, { before: before[key], after: after[key] }]),
  );

/** What an author demands of callers is not taken back by anybody; where nothing is demanded, anything may be. */
export const authenticationFault = (
  chosen: EndpointAuthentication,
  wanted: EndpointAuthentication,
): string | null =>
  wanted === "none" || wanted === chosen
    ? null
    : `The plugin wants this endpoint to be called with ${wanted}, and not with ${chosen}.`;

/** Why a plugin answers nothing at an address for a project, or for the organization (null). */
export const scopeFault = ({ scope, pluginId }: Installation, project: string | null): string | null => {
  if (scope.projects === "all") return null;
  if (project === null) return `"${pluginId}" applies to certain projects only, and this endpoint to all.`;
  return scope.projects.includes(project)
    ? null
    : `"${pluginId}" does not apply to the project "${project}" any more.`;
};

/** Throws `project_required` and `plugin_out_of_scope`. */
export const requireWithin = (installation: Installation, project: string | null): void => {
  const fault = scopeFault(installation, project);
  if (fault !== null)
    throw new PatchbayError(project === null ? "project_required" : "plugin_out_of_scope", fault);
};
