import type {
  MemoryAnswerDto,
  MemoryChangeBody,
  MemoryEntryDto,
  MemorySpaceDto,
  MemoryWithHistoryDto,
} from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** What plugins keep in mind of their own, for those who may configure them: nothing of people's namespaces. What is read is written into the audit log. */
export class MemoryApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The namespaces of all plugins. */
  list(): Promise<MemorySpaceDto[]> {
    return this.#transport.items(`${this.#transport.organization}/memory`);
  }

  /** All memories of a namespace, the oldest first. */
  entries(plugin: string, namespace: string): Promise<MemoryEntryDto[]> {
    return this.#transport.items(`${this.#pathOf(plugin, namespace)}/entries`);
  }

  search(plugin: string, namespace: string, query: string): Promise<MemoryAnswerDto> {
    const path = `${this.#pathOf(plugin, namespace)}/search?${new URLSearchParams({ q: query })}`;
    return this.#transport.json("GET", path);
  }

  /** With what became of it. */
  get(plugin: string, namespace: string, entry: string): Promise<MemoryWithHistoryDto> {
    return this.#transport.json("GET", this.#entryOf(plugin, namespace, entry));
  }

  change(plugin: string, namespace: string, entry: string, body: MemoryChangeBody): Promise<MemoryEntryDto> {
    return this.#transport.json("PATCH", this.#entryOf(plugin, namespace, entry), { body });
  }

  async delete(plugin: string, namespace: string, entry: string): Promise<void> {
    await this.#transport.nothing("DELETE", this.#entryOf(plugin, namespace, entry));
  }

  /** With all that is in it. */
  async deleteNamespace(plugin: string, namespace: string): Promise<void> {
    await this.#transport.nothing("DELETE", this.#pathOf(plugin, namespace));
  }

  #pathOf(plugin: string, namespace: string): string {
    const { organization } = this.#transport;
    return `${organization}/memory/${encodeURIComponent(plugin)}/${encodeURIComponent(namespace)}`;
  }

  #entryOf(plugin: string, namespace: string, entry: string): string {
    return `${this.#pathOf(plugin, namespace)}/entries/${encodeURIComponent(entry)}`;
  }
}
