import type { InvocableTool } from "@patchbay/protocol";

export type { InvocableTool } from "@patchbay/protocol";

export interface InvokeOptions {
  /** Gives the invocation up: the tool is told, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Tools of other plugins, in the organization and for the project that the own call is for. Server code invokes them in its plugin's name,
 * views in that of the person who looks at them. Needs `tools.invoke`, whose `ids` say which: `acme.geo/locate`, `acme.geo/*`, `*`.
 * Whoever gives the outermost call up ends all that was invoked for it. A plugin that is in the chain already is refused with `call_loop`, as are more than
 * eight plugins in one chain. Throws besides what the tool throws, as `PluginError` with a code.
 */
export interface ToolsApi {
  /** Those that can be invoked now. */
  list(): Promise<readonly InvocableTool[]>;
  /** What the tool answers: a stream gathered into a list, files in base64 in their places. 8 MiB at most, of which each list, object and value takes some. */
  invoke<T = unknown>(tool: string, input?: unknown, options?: InvokeOptions): Promise<T>;
  /** The values of a tool that streams as they come. Leaving the loop ends the invocation. */
  stream<T = unknown>(tool: string, input?: unknown, options?: InvokeOptions): AsyncIterable<T>;
}
