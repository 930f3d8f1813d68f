import {
  type CatalogEntryDto,
  type CatalogPluginDto,
  PatchbayError,
  type PluginCategory,
  type ResolutionDto,
  type SettingsSchema,
  type VersionDto,
} from "@patchbay/protocol";
import type { Page, PageQuery, Transport } from "./transport.ts";

export interface CatalogFilter extends PageQuery {
  /** Words that must all occur. */
  readonly q?: string;
  readonly category?: PluginCategory;
  readonly source?: CatalogEntryDto["source"];
  readonly badge?: CatalogEntryDto["badge"];
}

/** What can be installed. */
export class CatalogApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  search(filter: CatalogFilter = {}): Promise<Page<CatalogEntryDto>> {
    return this.#transport.json("GET", `${this.#transport.organization}/catalog`, { query: { ...filter } });
  }

  /** One plugin with its versions, newest first. Throws `package_not_found`. */
  plugin(plugin: string): Promise<CatalogPluginDto> {
    return this.#transport.json("GET", this.#plugin(plugin));
  }

  version(plugin: string, version: string): Promise<VersionDto> {
    return this.#transport.json("GET", this.#version(plugin, version));
  }

  /**
   * What installing this version, or updating to it, would need. Throws what would stop that, such as `dependency_missing` or
   * `dependency_conflict`.
   */
  resolution(plugin: string, version: string): Promise<ResolutionDto> {
    return this.#transport.json("GET", `${this.#version(plugin, version)}/resolution`);
  }

  /** The settings' JSON Schema, of the newest version unless told. */
  settingsSchema(plugin: string, version?: string): Promise<SettingsSchema> {
    return this.#transport.json("GET", `${this.#plugin(plugin)}/settings-schema`, { query: { version } });
  }

  /** README.md in Markdown, of the version as it was written; null when the package has none. */
  readme(plugin: string, version: string): Promise<string | null> {
    return this.#document(`${this.#version(plugin, version)}/readme`);
  }

  /** CHANGELOG.md in Markdown; null when the package has none. */
  changelog(plugin: string, version: string): Promise<string | null> {
    return this.#document(`${this.#version(plugin, version)}/changelog`);
  }

  /** Where the package can be downloaded. */
  artifactUrl(plugin: string, version: string): string {
    return this.#transport.url(`${this.#version(plugin, version)}/artifact`).href;
  }

  /** Where a package (the multipart file `package`) is posted to: for uploads whose progress is shown. */
  get uploadUrl(): string {
    return this.#transport.url(`${this.#transport.organization}/uploads`).href;
  }

  /**
   * Adds a package (the bytes of a zip) to the organization's catalog. `onSent` hears how many bytes have left so far;
   * only for Node, since browsers cannot send what is read piece by piece.
   */
  upload(zip: Blob, onSent?: (bytes: number) => void): Promise<VersionDto> {
    const body = new FormData();
    body.append("package", zip, "package.zip");
    const path = `${this.#transport.organization}/uploads`;
    return this.#transport.json("POST", path, { body, ...(onSent && { onSent }) });
  }

  /** The same with a folder on the server's machine; for administrators of the deployment. */
  uploadDirectory(directory: string): Promise<VersionDto> {
    return this.#transport.json("POST", `${this.#transport.organization}/uploads`, { body: { directory } });
  }

  async #document(path: string): Promise<string | null> {
    try {
      return await this.#transport.text(path);
    } catch (error) {
      if (error instanceof PatchbayError && error.code === "not_found") return null;
      throw error;
    }
  }

  #plugin(plugin: string): string {
    return `${this.#transport.organization}/catalog/${encodeURIComponent(plugin)}`;
  }

  #version(plugin: string, version: string): string {
    return `${this.#plugin(plugin)}/versions/${encodeURIComponent(version)}`;
  }
}
