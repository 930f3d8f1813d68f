import type { InvocationGateway, PluginAnswer, Principal } from "@patchbay/core";
import type { ProviderCall } from "@patchbay/protocol";
import type { FoundProvider } from "./model-names.ts";

/** Who asks, for which organization and project. */
export interface ModelCaller {
  readonly principal: Principal;
  /** Slug. */
  readonly organization: string;
  /** Slug; undefined without one. */
  readonly project: string | undefined;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** A provider as somebody has found it. */
export interface Provider extends FoundProvider {
  readonly installationId: string;
  readonly revision: number;
  /** Those of the plugin's projects that the caller is in; null for a plugin of all projects. */
  readonly projects: readonly string[] | null;
  readonly since: Date;
}

/** Throws what keeps the caller from calling the plugin, and what the call ended with. */
export const askProvider = async (
  gateway: Pick<InvocationGateway, "call">,
  { principal, organization, project, signal }: ModelCaller,
  { plugin, entry }: Provider,
  input: ProviderCall,
): Promise<PluginAnswer> =>
  await gateway.call(principal, organization, {
    kind: "models",
    plugin,
    name: entry.name,
    input,
    signal,
    ...(project !== undefined && { project }),
  });
