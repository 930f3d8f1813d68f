import type { LocalAccess, LocalCandidate, Principal } from "@patchbay/core";
import {
  escapePointer,
  LOCAL_SERVERS_PLUGIN,
  type LocalServerName,
  type LocalServersDto,
  PatchbayError,
  type UsedLocalServerDto,
  type UseLocalServerBody,
} from "@patchbay/protocol";
import type { MemberCaller } from "../providers/ask-provider.ts";
import type { Models } from "../providers/models.ts";
import type { LocalServer, LocalServers, Look } from "./local-servers.ts";

/** The setting that says where a server is: each has a group of settings, and a provider, of its name. */
const pointerOf = (server: LocalServerName): string => `/${escapePointer(server)}/url`;

/** Model servers of this machine for administrators: what was found, and one step from there to models that answer. */
export class LocalModels {
  /** null: the operator lets nobody look. */
  readonly #servers: LocalServers | null;
  readonly #access: LocalAccess;
  readonly #models: Pick<Models, "test" | "list" | "pluginsChanged">;

  constructor(
    servers: LocalServers | null,
    access: LocalAccess,
    models: Pick<Models, "test" | "list" | "pluginsChanged">,
  ) {
    this.#servers = servers;
    this.#access = access;
    this.#models = models;
  }

  /**
   * What was found last on this node; looks where nobody has looked yet. Throws `forbidden` but for administrators of the deployment
   * who administer the organization.
   */
  async found(principal: Principal, organization: string): Promise<LocalServersDto> {
    const candidate = await this.#access.find(principal, organization, LOCAL_SERVERS_PLUGIN);
    return told(candidate, (await this.#servers?.found()) ?? null);
  }

  /** Looks again. Throws besides `local_models_off`. */
  async look(principal: Principal, organization: string): Promise<LocalServersDto> {
    const candidate = await this.#access.find(principal, organization, LOCAL_SERVERS_PLUGIN);
    return told(candidate, await this.#required().look());
  }

  /**
   * Sets a server up that was found, lets the plugin reach it and nothing else on this machine, and asks it for its models. Changes
   * nothing when any of that fails. Throws besides what `look` does `local_server_not_found`, `fetch_failed` with what it failed with,
   * and what `LocalAccess.open` throws.
   */
  async use(
    caller: MemberCaller,
    name: string,
    { url, grants = [] }: UseLocalServerBody,
  ): Promise<UsedLocalServerDto> {
    const { principal, organization } = caller.by;
    const { installation } = await this.#access.find(principal, organization, LOCAL_SERVERS_PLUGIN);
    const server = await this.#there(name, url);
    const { projects } = installation.scope;
    const asking = projects === "all" ? caller : { ...caller, project: projects[0] };
    const consent = { pointer: pointerOf(server.server), address: server.url, grants };
    return await this.#access.open(principal, organization, LOCAL_SERVERS_PLUGIN, consent, () =>
      this.#proven(asking, server),
    );
  }

  async #proven(caller: MemberCaller, { server, title, url }: LocalServer): Promise<UsedLocalServerDto> {
    this.#models.pluginsChanged();
    const [test] = await this.#models.test(caller, LOCAL_SERVERS_PLUGIN, server);
    if (test?.status !== "answers")
      throw new PatchbayError("fetch_failed", `${title}: ${test?.message ?? "its provider is not there."}`);
    const models = (await this.#models.list(caller)).filter(
      ({ id, plugin }) => plugin === LOCAL_SERVERS_PLUGIN && new RegExp(`^(?:[^/]*:)?${server}/`).test(id),
    );
    return { server, url, modelCount: models.length, models: models.map(({ id }) => id) };
  }

  /** The server that is found under this name now, at the address that was agreed to. */
  async #there(name: string, url: string): Promise<LocalServer> {
    const servers = this.#required();
    const server = (await servers.found()).servers.find((one) => one.server === name && one.url === url);
    if (server !== undefined && (await servers.stillThere(server))) return server;
    throw new PatchbayError(
      "local_server_not_found",
      `${JSON.stringify(name)} does not answer at ${JSON.stringify(url)} on this machine. Look for model servers again.`,
    );
  }

  #required(): LocalServers {
    if (this.#servers !== null) return this.#servers;
    throw new PatchbayError(
      "local_models_off",
      "Model servers on this machine are not looked for here: PATCHBAY_LOCAL_MODELS is off.",
    );
  }
}

const told = (
  { installation, missing, values, local }: LocalCandidate,
  look: Look | null,
): LocalServersDto => ({
  isOn: look !== null,
  ...(look !== null && { lookedAt: look.at.toISOString() }),
  plugin: LOCAL_SERVERS_PLUGIN,
  enables: installation.state !== "enabled",
  grants: structuredClone(missing) as LocalServersDto["grants"],
  items: (look?.servers ?? []).map((server) => {
    const { [server.server]: group } = values as Readonly<
      Record<string, { readonly url?: unknown } | undefined>
    >;
    const named = group?.url;
    const isAllowed = local[pointerOf(server.server)] === server.url;
    return {
      ...server,
      models: [...server.models],
      inUse: named === server.url && isAllowed && installation.state === "enabled",
      ...(typeof named === "string" && named !== server.url && { replaces: named }),
    };
  }),
});
