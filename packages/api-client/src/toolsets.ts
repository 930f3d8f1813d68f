import type { ToolsetBody, ToolsetChangeBody, ToolsetDto } from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Tools that administrators choose for clients of the Model Context Protocol. */
export class ToolsetsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  list(): Promise<ToolsetDto[]> {
    return this.#transport.items(this.#path);
  }

  get(toolset: string): Promise<ToolsetDto> {
    return this.#transport.json("GET", this.#pathOf(toolset));
  }

  create(body: ToolsetBody): Promise<ToolsetDto> {
    return this.#transport.json("POST", this.#path, { body });
  }

  /** What is not given stays; a null takes away. `seen` is the revision that was read, with or without quotes; throws `revision_changed` when it is no longer there. */
  change(toolset: string, body: ToolsetChangeBody, seen?: string): Promise<ToolsetDto> {
    return this.#transport.json("PATCH", this.#pathOf(toolset), { body, seen });
  }

  async delete(toolset: string): Promise<void> {
    await this.#transport.nothing("DELETE", this.#pathOf(toolset));
  }

  #pathOf(toolset: string): string {
    return `${this.#path}/${encodeURIComponent(toolset)}`;
  }

  get #path(): string {
    return `${this.#transport.organization}/toolsets`;
  }
}
