import {
  type ImportBody,
  type MarketplacePluginDto,
  type MarketplacePublisherDto,
  type MarketplaceQueryDto,
  type MarketplaceSearchDto,
  PatchbayError,
  type SourcesDto,
  type UpdateCheckDto,
  type VersionDto,
} from "@patchbay/protocol";
import type { Transport } from "./transport.ts";

/** Where packages come from besides uploads: marketplaces and GitHub. */
export class MarketplaceApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** A page of what all marketplaces have, with how each of them answered. */
  search(query: MarketplaceQueryDto = {}): Promise<MarketplaceSearchDto> {
    return this.#transport.json("GET", this.#path, { query });
  }

  /** All that there is to know of a plugin before it is installed. */
  get(plugin: string): Promise<MarketplacePluginDto> {
    return this.#transport.json("GET", `${this.#path}/${encodeURIComponent(plugin)}`);
  }

  /** README.md in Markdown, as the marketplace shows it; null when the version has none. */
  readme(plugin: string, version: string): Promise<string | null> {
    return this.#document(plugin, version, "readme");
  }

  /** CHANGELOG.md in Markdown; null when the version has none. */
  changelog(plugin: string, version: string): Promise<string | null> {
    return this.#document(plugin, version, "changelog");
  }

  publisher(publisher: string): Promise<MarketplacePublisherDto> {
    return this.#transport.json("GET", `${this.#path}/publishers/${encodeURIComponent(publisher)}`);
  }

  /** The marketplaces in order, with how each answers now; and whether there is a token for GitHub. */
  sources(): Promise<SourcesDto> {
    return this.#transport.json("GET", `${this.#transport.organization}/sources`);
  }

  /** Adds a package from GitHub to the catalog. */
  import(body: ImportBody): Promise<VersionDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/imports`, { body });
  }

  /** Keeps a token that reaches private repositories. */
  async putGithubToken(token: string): Promise<void> {
    await this.#transport.send("PUT", `${this.#transport.organization}/sources/github`, { body: { token } });
  }

  async removeGithubToken(): Promise<void> {
    await this.#transport.send("DELETE", `${this.#transport.organization}/sources/github`);
  }

  /** Looks now for newer versions of what is installed. */
  checkUpdates(): Promise<UpdateCheckDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/updates/check`);
  }

  async #document(plugin: string, version: string, name: string): Promise<string | null> {
    const of = `${this.#path}/${encodeURIComponent(plugin)}/versions/${encodeURIComponent(version)}`;
    try {
      return await this.#transport.text(`${of}/${name}`);
    } catch (error) {
      if (error instanceof PatchbayError && error.code === "not_found") return null;
      throw error;
    }
  }

  get #path(): string {
    return `${this.#transport.organization}/marketplace`;
  }
}
