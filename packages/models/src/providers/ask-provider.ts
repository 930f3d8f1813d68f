import {
  type Asker,
  authorize,
  type CallLink,
  type CallPath,
  type InvocationGateway,
  isServerCode,
  type MemberOf,
  onward,
  type PluginAnswer,
  type StartedBy,
} from "@patchbay/core";
import type { ProviderCall } from "@patchbay/protocol";
import type { FoundProvider } from "./model-names.ts";

/** Who asks, and for which project. */
export interface ModelCaller {
  readonly by: Asker;
  /** The plugin whose view somebody looks at that asks; absent where they ask themselves. */
  readonly plugin?: string;
  /** Slug; undefined without one. */
  readonly project: string | undefined;
  /** Who has started the chain of calls, where server code asks. */
  readonly startedBy?: StartedBy | undefined;
  /** The call of a plugin's that asks; absent where none does. */
  readonly from?: CallLink | undefined;
  /** Providers that the question has come through, as `plugin:provider`, the outermost first; absent where no provider asks. */
  readonly path?: readonly string[];
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Somebody who asks. */
export interface MemberCaller extends ModelCaller {
  readonly by: MemberOf;
}

/** Id of the organization in which somebody asks. Throws `forbidden`, `organization_not_found`. */
export const organizationOf = ({ by }: ModelCaller): string =>
  isServerCode(by)
    ? by.installation.organizationId
    : authorize(by.principal, by.organization, "org.plugins.use").organization.id;

/** A provider as somebody has found it. */
export interface Provider extends FoundProvider {
  readonly installationId: string;
  readonly revision: number;
  /** Those of the plugin's projects that the caller is in; null for a plugin of all projects. */
  readonly projects: readonly string[] | null;
  readonly since: Date;
}

/** The way of a question to a provider. Throws as `onward` does. */
export const pathTo = (
  { path = [] }: Pick<ModelCaller, "path">,
  { plugin, entry }: Pick<FoundProvider, "plugin" | "entry">,
): CallPath => onward(path, `${plugin}:${entry.name}`, { who: "The model providers" });

/** How a question comes to a provider, and for whom. */
export const wayOf = ({ by, plugin, startedBy, from }: ModelCaller) => ({
  startedBy,
  from,
  ...(!isServerCode(by) && ({ surface: plugin === undefined ? "models" : "view", view: plugin } as const)),
});

/** Throws what keeps the caller from calling the plugin, `call_loop`, and what the call ended with. */
export const askProvider = async (
  gateway: Pick<InvocationGateway, "call">,
  caller: ModelCaller,
  provider: Provider,
  input: ProviderCall,
): Promise<PluginAnswer> => {
  const { project, signal } = caller;
  return await gateway.call(caller.by, {
    kind: "models",
    plugin: provider.plugin,
    name: provider.entry.name,
    input,
    signal,
    path: pathTo(caller, provider),
    ...(project !== undefined && { project }),
    ...wayOf(caller),
  });
};
