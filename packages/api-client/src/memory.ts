import type {
  MemoryAnswerDto,
  MemoryChangeBody,
  MemoryEntryDto,
  MemorySpaceDto,
  MemoryWithHistoryDto,
} from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

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

  /** The oldest memories of a namespace, 50 at most; `page` has all. */
  entries(plugin: string, namespace: string): Promise<MemoryEntryDto[]> {
    return this.#transport.items(`${this.#pathOf(plugin, namespace)}/entries`);
  }

  /** A page of a namespace's memories, the oldest first. */
  page(plugin: string, namespace: string, query: PageQuery = {}): Promise<Page<MemoryEntryDto>> {
    return this.#transport.json("GET", `${this.#pathOf(plugin, namespace)}/entries`, { query: { ...query } });
  }

  /** The best first, 10 unless told. */
  search(
    plugin: string,
    namespace: string,
    q: string,
    query: Pick<PageQuery, "limit"> = {},
  ): Promise<MemoryAnswerDto> {
    return this.#transport.json("GET", `${this.#pathOf(plugin, namespace)}/search`, {
      query: { ...query, q },
    });
  }

  /** With what became of it. */
  get(plugin: string, namespace: string, entry: string): Promise<MemoryWithHistoryDto> {
    return this.#transport.json("GET", this.#entryOf(plugin, namespace, entry));
  }

  /** `seen` is the revision that was read, with or without quotes; throws `revision_changed` when it is no longer there. */
  change(
    plugin: string,
    namespace: string,
    entry: string,
    body: MemoryChangeBody,
    seen?: string,
  ): Promise<MemoryEntryDto> {
    return this.#transport.json("PATCH", this.#entryOf(plugin, namespace, entry), { body, seen });
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
