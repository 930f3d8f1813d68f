import type {
  CatalogPluginDto,
  Grant,
  InstallationDto,
  LogLineDto,
  MeDto,
  NewApiKeyDto,
  PermissionName,
  ToolDto,
  VersionDto,
} from "@patchbay/protocol";
import { readEvents, type ServerEvent } from "./events.ts";
import { problemFrom, unreachable } from "./failure.ts";

export interface ClientOptions {
  /** The server, such as `http://127.0.0.1:4700`. */
  readonly url: string;
  readonly apiKey: string;
  readonly organization: string;
}

export interface InstallOptions {
  readonly plugin: string;
  readonly version?: string;
  readonly grants?: readonly (PermissionName | Grant)[];
  readonly scope?: { readonly projects: "all" | readonly string[] };
  readonly settings?: Readonly<Record<string, unknown>>;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The HTTP API of one organization. Every method throws `PatchbayError` with the server's code and message, or
 * `unavailable` when no server answers.
 */
export class PatchbayClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  me(): Promise<MeDto> {
    return this.#json("GET", "/api/me");
  }

  createApiKey(key: { name: string; rights: readonly string[] }): Promise<NewApiKeyDto> {
    return this.#json("POST", "/api/api-keys", { ...key, organization: this.#options.organization });
  }

  /** Adds a package (the bytes of a zip) to the organization's catalog. */
  async upload(zip: Blob): Promise<VersionDto> {
    const form = new FormData();
    form.append("package", zip, "package.zip");
    return (await this.#send("POST", `${this.#org}/uploads`, form)).json() as Promise<VersionDto>;
  }

  catalogPlugin(plugin: string): Promise<CatalogPluginDto> {
    return this.#json("GET", `${this.#org}/catalog/${encodeURIComponent(plugin)}`);
  }

  async plugins(): Promise<InstallationDto[]> {
    return (await this.#json<{ items: InstallationDto[] }>("GET", `${this.#org}/plugins`)).items;
  }

  plugin(plugin: string): Promise<InstallationDto> {
    return this.#json("GET", this.#plugin(plugin));
  }

  install(options: InstallOptions): Promise<InstallationDto> {
    return this.#json("POST", `${this.#org}/plugins`, options);
  }

  /** A step without parameters. */
  step(plugin: string, step: "enable" | "disable" | "rollback" | "retry"): Promise<InstallationDto> {
    return this.#json("POST", `${this.#plugin(plugin)}/${step}`);
  }

  update(
    plugin: string,
    body: { version?: string; grants?: readonly (PermissionName | Grant)[] },
  ): Promise<InstallationDto> {
    return this.#json("POST", `${this.#plugin(plugin)}/update`, body);
  }

  async uninstall(plugin: string, options: { disable: boolean }): Promise<void> {
    await this.#send("DELETE", this.#plugin(plugin), undefined, { disable: options.disable });
  }

  async tools(): Promise<ToolDto[]> {
    return (await this.#json<{ items: ToolDto[] }>("GET", `${this.#org}/tools`)).items;
  }

  async callTool(plugin: string, tool: string, body: { input: unknown; project?: string }): Promise<unknown> {
    return (await this.#json<{ output: unknown }>("POST", this.#tool(plugin, tool), body)).output;
  }

  /** The same with every value as soon as it is there; the last event is `done`. */
  async *streamTool(
    plugin: string,
    tool: string,
    body: { input: unknown; project?: string },
  ): AsyncGenerator<ServerEvent> {
    const headers = { accept: "text/event-stream" };
    yield* readEvents(await this.#send("POST", this.#tool(plugin, tool), JSON.stringify(body), {}, headers));
  }

  async logs(plugin: string, query: { level?: string; limit?: number }): Promise<LogLineDto[]> {
    return (
      await this.#json<{ items: LogLineDto[] }>("GET", `${this.#plugin(plugin)}/logs`, undefined, query)
    ).items;
  }

  /** The newest lines, then every further one as it comes. Ends when the server stops. */
  async *followLogs(plugin: string, query: { level?: string }): AsyncGenerator<LogLineDto> {
    const response = await this.#send("GET", `${this.#plugin(plugin)}/logs`, undefined, query, {
      accept: "text/event-stream",
    });
    for await (const { event, data } of readEvents(response)) if (event === "line") yield data as LogLineDto;
  }

  get #org(): string {
    return `/api/orgs/${encodeURIComponent(this.#options.organization)}`;
  }

  #plugin(plugin: string): string {
    return `${this.#org}/plugins/${encodeURIComponent(plugin)}`;
  }

  #tool(plugin: string, tool: string): string {
    return `${this.#org}/tools/${encodeURIComponent(plugin)}/${encodeURIComponent(tool)}`;
  }

  async #json<T>(method: string, path: string, body?: unknown, query: Query = {}): Promise<T> {
    const response = await this.#send(
      method,
      path,
      body === undefined ? undefined : JSON.stringify(body),
      query,
    );
    return (await response.json()) as T;
  }

  async #send(
    method: string,
    path: string,
    body?: FormData | string,
    query: Query = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const url = new URL(path, this.#options.url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.#options.apiKey}`,
        ...(typeof body === "string" && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    }).catch((error: unknown) => {
      throw unreachable(this.#options.url, error);
    });
    if (response.ok) return response;
    throw await problemFrom(response);
  }
}
