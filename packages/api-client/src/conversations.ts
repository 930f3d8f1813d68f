import type { ConversationDto, ConversationSearch, ExportFormat, KeptMessageDto } from "@patchbay/protocol";
import type { Page, Transport } from "./transport.ts";

/** What plugins keep of conversations, for administrators whom the organization's policy lets read it. */
export class ConversationsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Those of a plugin, that were changed last first; with `q` those that have its words. */
  list(plugin: string, query: ConversationSearch = {}): Promise<Page<ConversationDto>> {
    return this.#transport.json("GET", this.#path(plugin), { query: { ...query } });
  }

  get(plugin: string, id: string): Promise<ConversationDto> {
    return this.#transport.json("GET", `${this.#path(plugin)}/${encodeURIComponent(id)}`);
  }

  /** A page of messages, in their order. */
  messages(
    plugin: string,
    id: string,
    query: { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<Page<KeptMessageDto>> {
    const path = `${this.#path(plugin)}/${encodeURIComponent(id)}/messages`;
    return this.#transport.json("GET", path, { query: { ...query } });
  }

  /** The whole as a document. */
  async export(plugin: string, id: string, format: ExportFormat): Promise<string> {
    const path = `${this.#path(plugin)}/${encodeURIComponent(id)}/export`;
    return await (await this.#transport.send("GET", path, { query: { format } })).text();
  }

  async delete(plugin: string, id: string): Promise<void> {
    await this.#transport.send("DELETE", `${this.#path(plugin)}/${encodeURIComponent(id)}`);
  }

  #path(plugin: string): string {
    return `${this.#transport.organization}/conversations/${encodeURIComponent(plugin)}`;
  }
}
