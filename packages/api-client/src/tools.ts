import type { ToolDto } from "@patchbay/protocol";
import type { ServerEvent } from "./events.ts";
import type { Transport } from "./transport.ts";

export interface ToolCall {
  readonly input?: unknown;
  /** The project that the call is for. */
  readonly project?: string;
}

/** Everything callable. */
export class ToolsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The tools of enabled plugins; those that apply to a project when one is named. */
  list(project?: string): Promise<ToolDto[]> {
    return this.#transport.items(`${this.#transport.organization}/tools`, { project });
  }

  /** The tool's output; aborting `signal` cancels the call in the plugin. */
  async call(plugin: string, tool: string, body: ToolCall, signal?: AbortSignal): Promise<unknown> {
    const parts = { body, ...(signal && { signal }) };
    return (await this.#transport.json<{ output: unknown }>("POST", this.#tool(plugin, tool), parts)).output;
  }

  /** The same with every value as an event `output` as soon as it is there; the last event is `done`. */
  stream(plugin: string, tool: string, body: ToolCall, signal?: AbortSignal): AsyncGenerator<ServerEvent> {
    return this.#transport.events("POST", this.#tool(plugin, tool), { body, ...(signal && { signal }) });
  }

  #tool(plugin: string, tool: string): string {
    return `${this.#transport.organization}/tools/${encodeURIComponent(plugin)}/${encodeURIComponent(tool)}`;
  }
}
