import type {
  InstalledDto,
  PluginRequestBody,
  PluginRequestDto,
  PluginRequestsDto,
} from "@patchbay/protocol";
import type { InstallOptions } from "./plugins.ts";
import type { PageQuery, Transport } from "./transport.ts";

/** Requests for plugins. */
export class RequestsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Newest first: all for owners and administrators, otherwise one's own. */
  list(query: PageQuery & { readonly state?: PluginRequestDto["state"] } = {}): Promise<PluginRequestsDto> {
    return this.#transport.json("GET", this.#base, { query: { ...query } });
  }

  /** Throws `request_not_found`. */
  get(id: string): Promise<PluginRequestDto> {
    return this.#transport.json("GET", this.#request(id));
  }

  /** Asks for a plugin. Throws `already_exists` while the same is asked for, `policy_blocked` where nobody may have it. */
  create(body: PluginRequestBody): Promise<PluginRequestDto> {
    return this.#transport.json("POST", this.#base, { body });
  }

  /** Takes one's own request back. Throws `request_decided`. */
  withdraw(id: string): Promise<void> {
    return this.#transport.nothing("DELETE", this.#request(id));
  }

  /** Installs what was asked for, disabled. Throws what an installation throws, and `request_decided`. */
  approve(
    id: string,
    body: Pick<InstallOptions, "grants" | "scope" | "dependencies"> = {},
  ): Promise<InstalledDto> {
    return this.#transport.json("POST", `${this.#request(id)}/approve`, { body });
  }

  refuse(id: string, reason: string): Promise<PluginRequestDto> {
    return this.#transport.json("POST", `${this.#request(id)}/refuse`, { body: { reason } });
  }

  get #base(): string {
    return `${this.#transport.organization}/requests`;
  }

  #request(id: string): string {
    return `${this.#base}/${encodeURIComponent(id)}`;
  }
}
