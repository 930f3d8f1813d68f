import type { McpServerBody, McpServerDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Servers of the Model Context Protocol that are plugins. */
export class McpServersApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(): Promise<McpServerDto[]> {
    return this.#transport.items(this.#path);
  }

  get(plugin: string): Promise<McpServerDto> {
    return this.#transport.json("GET", this.#pathOf(plugin));
  }

  /** Makes a server a plugin. What it has waits in `waiting`, the version to update the plugin to. */
  add(body: McpServerBody): Promise<McpServerDto> {
    return this.#transport.json("POST", this.#path, { body });
  }

  /** Looks now whether the server answers, and with which tools. */
  look(plugin: string): Promise<McpServerDto> {
    return this.#transport.json("POST", `${this.#pathOf(plugin)}/look`);
  }

  #pathOf(plugin: string): string {
    return `${this.#path}/${encodeURIComponent(plugin)}`;
  }

  get #path(): string {
    return `${this.#transport.organization}/mcp-servers`;
  }
}
