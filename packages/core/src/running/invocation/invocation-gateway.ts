import {
  type CallAsks,
  type CallSurface,
  type ErrorCode,
  PatchbayError,
  type ServerKindName,
  type Trace,
} from "@patchbay/protocol";
import { authorize } from "../../access/authority.ts";
import {
  type Asker,
  type EndpointCaller,
  isServerCode,
  type MemberOf,
  type ServerCode,
  startedBy,
} from "../../access/caller.ts";
import { notInstalled, requireVisible, type Sight, sightOf } from "../../access/sight.ts";
import type {
  InstallationDirectory,
  InstalledPlugin,
} from "../../plugins/installations/installation-directory.ts";
import type { LoggedCall } from "../../ports/call-store.ts";
import type {
  CallFiles,
  CallLink,
  CallProgress,
  PluginAnswer,
  PluginRuntime,
  PluginSpec,
  StartedBy,
} from "../../ports/plugin-runtime.ts";
import {
  type Blocks,
  requireContribution,
  requireInForce,
  requireReach,
  serviceFault,
} from "../contributions/rules.ts";
import { boundedFiles, discardFiles } from "./bounded-files.ts";
import { type CallPath, onward } from "./call-path.ts";
import { type CallOrigin, CallRecord, type ContentMasks, contentMasks } from "./call-record.ts";

export interface Invocation {
  readonly kind: ServerKindName;
  readonly plugin: string;
  /** Of the contribution. */
  readonly name: string;
  readonly input: unknown;
  /** Slug of the project that the call is for. */
  readonly project?: string;
  readonly signal?: AbortSignal;
  /** Files beside the input. */
  readonly files?: CallFiles;
  /** Through what the call has come, the outermost first, where plugins ask plugins. */
  readonly path?: readonly string[];
  /** Who has started the chain, where a plugin asks in its own name. */
  readonly startedBy?: StartedBy | undefined;
  /** Hears how far the call is. */
  readonly onProgress?: (progress: CallProgress) => void;
  /** Whoever calls can be asked. */
  readonly asks?: CallAsks;
  /** What the log of calls has in the place of the input, where that holds secrets which no schema tells. */
  readonly keptInput?: unknown;
  /** The call that makes this one. */
  readonly from?: CallLink | undefined;
  /** Through what it comes, where no call makes it and that is known. */
  readonly surface?: CallSurface | undefined;
  /** The plugin whose view asks for whoever looks at it. */
  readonly view?: string | undefined;
  /** For whom it is made, for the log alone: where a plugin is asked in its own name. */
  readonly onAccountOf?: StartedBy | undefined;
  /** That the caller names. */
  readonly trace?: Trace | undefined;
}

/** All about an invocation but what goes in. */
type Place = Omit<Invocation, "input" | "keptInput" | "files" | "signal">;

/** Whether the plugin has failed the call. One that nobody waited for any more says nothing about it, nor does one that asks something. */
export const hasFailed = ({ code }: Pick<LoggedCall, "code">): boolean =>
  code !== null && code !== "cancelled" && code !== "input_required" && code !== "nobody_to_ask";

/** What may be called on behalf of nobody. */
export interface AdmittedForNobody {
  readonly plugin: InstalledPlugin;
  readonly spec: PluginSpec;
}

/** Whether the log of calls has input and output of calls into a plugin. */
export type KeepsContent = (spec: PluginSpec) => boolean | Promise<boolean>;

/** The one way into plugins: whoever calls, by whatever surface, is checked here, and every call is counted here. */
export class InvocationGateway {
  readonly #directory: InstallationDirectory;
  readonly #runtime: PluginRuntime;
  readonly #blocks: Blocks;
  readonly #keepsContent: KeepsContent;
  readonly #finished: (call: LoggedCall) => void;
  /** Of all files of a call, and of its answer, in bytes. */
  readonly maxFileBytes: number;

  /** `finished` hears of every call once. */
  constructor(
    parts: {
      readonly directory: InstallationDirectory;
      readonly runtime: PluginRuntime;
      readonly blocks: Blocks;
      readonly maxFileBytes: number;
      readonly keepsContent: KeepsContent;
    },
    finished: (call: LoggedCall) => void,
  ) {
    this.#directory = parts.directory;
    this.#runtime = parts.runtime;
    this.#blocks = parts.blocks;
    this.maxFileBytes = parts.maxFileBytes;
    this.#keepsContent = parts.keepsContent;
    this.#finished = finished;
  }

  /**
   * Calls what a plugin contributes. Throws what `admit` and `requireContribution` throw, `call_loop` for a tool that the call has come
   * through already, `payload_too_large` for files that are too large, or what the call itself ended with.
   */
  async call(by: Asker | EndpointCaller, invocation: Invocation): Promise<PluginAnswer> {
    const { kind, plugin: id, name, project } = invocation;
    const plugin = await this.admit(by, id, project);
    const spec = requireContribution(kind, plugin, name);
    const { path = [] } = invocation;
    const way = kind === "tools" ? { path: pathToTool(path, id, name) } : {};
    const called = { ...invocation, ...way, startedBy: starterOf(by, invocation.startedBy) };
    return await this.#called(plugin, spec, originOf(by, called), called);
  }

  /** The same where the host does the work in the plugin's stead, as `work` does for it: the same rules, and all of it, with what `work` calls in the plugin, counts as one call. */
  async callInStead(
    by: Asker,
    place: Place,
    work: (
      spec: PluginSpec,
      call: (asked: Pick<Invocation, "input" | "signal">) => Promise<PluginAnswer>,
    ) => Promise<PluginAnswer>,
  ): Promise<PluginAnswer> {
    const { kind, plugin: id, name, project } = place;
    const plugin = await this.admit(by, id, project);
    const spec = requireContribution(kind, plugin, name);
    const call = { ...place, startedBy: starterOf(by, place.startedBy) };
    const record = new CallRecord(spec, originOf(by, call), null);
    return await this.#metered(record, () =>
      work(spec, (asked) => this.#run(spec, record.link, { ...call, ...asked })),
    );
  }

  /**
   * What a plugin does on behalf of nobody, at times of its own, when it may now. Throws `plugin_not_installed`, and what keeps the plugin from
   * serving.
   */
  async admitForNobody(
    organizationId: string,
    { kind, plugin: id, name }: Pick<Invocation, "kind" | "plugin" | "name">,
  ): Promise<AdmittedForNobody> {
    const plugin = await this.#directory.find(organizationId, id);
    if (plugin === null) throw notInstalled(id);
    const fault = serviceFault(plugin, this.#blocks);
    if (fault !== null) throw fault;
    return { plugin, spec: requireContribution(kind, plugin, name) };
  }

  /** Calls it, once for all the projects that the plugin applies to, which the input then says. Throws what the call ended with. */
  async callForNobody({ plugin, spec }: AdmittedForNobody, invocation: Invocation): Promise<PluginAnswer> {
    const { projects } = plugin.installation.scope;
    const call = { ...invocation, input: { ...(invocation.input as object), projects } };
    return await this.#called(plugin, spec, originOf(null, call), call);
  }

  /**
   * The plugin, when the caller may use it now and for this project. Throws `forbidden`, `organization_not_found`, and what
   * `requireInForce` throws.
   */
  async admit(
    by: Asker | EndpointCaller,
    pluginId: string,
    project: string | undefined,
  ): Promise<InstalledPlugin> {
    const { sight, plugin } = await this.#find(by, pluginId);
    requireInForce(sight, plugin, project, this.#blocks);
    return plugin;
  }

  /** Throws as `admit` does, but for what the plugin's state is: whether a call that is under way may go on. */
  async requireReach(by: Asker, pluginId: string, project: string | undefined): Promise<void> {
    const { sight, plugin } = await this.#find(by, pluginId);
    requireReach(sight, plugin, project);
  }

  async #find(
    by: Asker | EndpointCaller,
    pluginId: string,
  ): Promise<{ readonly sight: Sight; readonly plugin: InstalledPlugin }> {
    const { sight, organizationId } = await this.#sightOf(by);
    const plugin = await this.#directory.find(organizationId, pluginId);
    if (plugin === null) throw notInstalled(pluginId);
    requireVisible(sight, pluginId, plugin.installation);
    return { sight, plugin };
  }

  async #sightOf(by: Asker | EndpointCaller): Promise<{ sight: Sight; organizationId: string }> {
    if (isEndpoint(by)) return { sight: sightOfEndpoint(by), organizationId: by.organizationId };
    return isServerCode(by) ? await this.#sightOfCode(by) : sightOfMember(by);
  }

  /** By what its own plugin applies to at this moment. */
  async #sightOfCode(code: ServerCode) {
    const { installationId, organizationId, pluginId } = code.installation;
    const own = await this.#directory.find(organizationId, pluginId);
    if (own?.installation.id !== installationId) throw notInstalled(pluginId);
    return { sight: sightOf(code, own.installation.scope), organizationId };
  }

  async #called(
    plugin: InstalledPlugin,
    spec: PluginSpec,
    origin: CallOrigin,
    invocation: Invocation,
  ): Promise<PluginAnswer> {
    const keeps = this.#keepsContent(spec);
    const masks: ContentMasks | null =
      // Nothing is waited for in the way of calls whose content is not kept.
      (typeof keeps === "boolean" ? keeps : await keeps)
        ? contentMasks(plugin.package.manifest, origin)
        : null;
    const record = new CallRecord(spec, origin, masks);
    record.takeInput(invocation.keptInput ?? invocation.input);
    return await this.#metered(record, () => this.#run(spec, record.link, invocation, record.count));
  }

  async #run(
    spec: PluginSpec,
    link: CallLink,
    { kind, name, input, project, signal, files, path, startedBy, onProgress, asks }: Invocation,
    onBytes?: CallRecord["count"],
  ): Promise<PluginAnswer> {
    const bound = { maxBytes: this.maxFileBytes, code: "payload_too_large" } as const;
    return await this.#runtime.call(spec, {
      kind,
      name,
      input,
      ...(project !== undefined && { project }),
      ...(signal && { signal }),
      ...(path !== undefined && { path }),
      startedBy,
      ...(onProgress && { onProgress }),
      ...(asks && { asks }),
      link,
      ...(onBytes && { onBytes }),
      ...(files && { files: boundedFiles(files, bound) }),
    });
  }

  async #metered(record: CallRecord, work: () => Promise<PluginAnswer>): Promise<PluginAnswer> {
    const done = (code: ErrorCode | null) => this.#finished(record.end(code));
    try {
      const answer = await work();
      if (answer.kind === "stream") {
        return { kind: "stream", values: meteredStream(record.kept(answer.values), done) };
      }
      record.takeOutput(answer.value);
      if (answer.kind === "files") return this.#meteredFiles(answer, done);
      done(null);
      return answer;
    } catch (error) {
      done(codeOf(error));
      throw error;
    }
  }

  #meteredFiles(
    { value, files }: Extract<PluginAnswer, { kind: "files" }>,
    done: (code: ErrorCode | null) => void,
  ): PluginAnswer {
    const bound = { maxBytes: this.maxFileBytes, code: "answer_too_large" } as const;
    try {
      const { heads, pieces } = boundedFiles(files, bound);
      return { kind: "files", value, files: { heads, pieces: meteredStream(pieces, done) } };
    } catch (error) {
      discardFiles(files);
      throw error;
    }
  }
}

/** Of tools no plugin is twice on a way, whichever of its tools it is: it waits for the answer. */
const pathToTool = (path: CallPath, plugin: string, tool: string): CallPath =>
  onward(path, `${plugin}/${tool}`, {
    who: "The plugins",
    isThere: path.some((place) => place.startsWith(`${plugin}/`)),
  });

/** A person starts a chain; a plugin goes on with the one that it is in, and of who comes from outside nobody knows who it is. */
const starterOf = (by: Asker | EndpointCaller, before: StartedBy | undefined): StartedBy | undefined =>
  isEndpoint(by) || isServerCode(by) ? before : startedBy(by.principal);

const isEndpoint = (by: Asker | EndpointCaller): by is EndpointCaller =>
  "kind" in by && by.kind === "endpoint";

const sightOfEndpoint = (caller: EndpointCaller): Sight => ({
  caller,
  projects: caller.project === null ? "all" : new Set([caller.project]),
});

/** What the log of calls has of how a call came about, which `by` nobody does where it is null. Nothing else of it: a record lasts as long as the answer streams. */
const originOf = (by: Asker | EndpointCaller | null, call: Place): CallOrigin => {
  const { kind, name, project, path, from, surface, trace, onAccountOf, startedBy: told, view } = call;
  const origin = { kind, name, project, path, from, surface, trace };
  if (by === null) return { ...origin, starter: undefined };
  const isOwn = isServerCode(by) && by.installation.pluginId === call.plugin;
  return {
    ...origin,
    ...(isEndpoint(by) && { surface: "endpoint" as const }),
    starter: from?.starter ?? onAccountOf ?? told,
    // A plugin that is asked in its own name does not call itself.
    fromPlugin: isServerCode(by) && !isOwn ? by.installation.pluginId : view,
  };
};

const sightOfMember = ({ principal, organization }: MemberOf) => {
  const authority = authorize(principal, organization, "org.plugins.use");
  return { sight: authority, organizationId: authority.organization.id };
};

/** A stream counts as one call, from its request to its last value. */
const meteredStream = async function* <T>(
  values: AsyncIterable<T>,
  done: (code: ErrorCode | null) => void,
): AsyncGenerator<T> {
  // Whoever reads may leave before the end.
  let code: ErrorCode | null = "cancelled";
  try {
    yield* values;
    code = null;
  } catch (error) {
    code = codeOf(error);
    throw error;
  } finally {
    done(code);
  }
};

const codeOf = (error: unknown): ErrorCode => (error instanceof PatchbayError ? error.code : "internal");
