import type { PluginApi } from "../api/plugin-api.ts";

export interface OwnToolOptions {
  /** Gives the call up: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The plugin's own server code, as its views call it. */
export interface OwnToolsApi {
  /**
   * Calls a tool of this plugin for the project that is looked at; what the tool answers, a stream gathered into a list.
   * Needs no permission. Throws what the tool throws, as `PluginError` with a code.
   */
  call<T = unknown>(tool: string, input?: unknown, options?: OwnToolOptions): Promise<T>;
  /** The same for a tool that streams: its values as they come. Leaving the loop ends the call. */
  stream<T = unknown>(tool: string, input?: unknown, options?: OwnToolOptions): AsyncIterable<T>;
}

/**
 * The platform as a view sees it: what server code has, and the plugin's own tools. Calls are made for the person who
 * looks at the view and pass the same permission gate as those of server code.
 */
export interface UiPluginApi extends PluginApi {
  readonly plugin: OwnToolsApi;
}
