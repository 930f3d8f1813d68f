import { openPackage } from "@patchbay/artifact";
import { PatchbayError, ResourceContent } from "@patchbay/protocol";
import Type from "typebox";
import { authorize, type MemberAuthority, requireScope, systemAuthority } from "../../access/authority.ts";
import type { Principal } from "../../access/caller.ts";
import { requireInstallable, requireSource } from "../../access/policy-rules.ts";
import { visibleOf } from "../../access/sight.ts";
import { SERVER_PUBLISHER } from "../../model/server-plugins.ts";
import type { PackageIntake, PackageOrigin } from "../../plugins/catalog/package-intake.ts";
import type { InstallationContext } from "../../plugins/installations/installation-context.ts";
import type { Installer } from "../../plugins/installations/installer.ts";
import type { Switching } from "../../plugins/installations/switching.ts";
import type { WithFile } from "../../plugins/sources/package-fetcher.ts";
import type { ArtifactStore } from "../../ports/artifact-store.ts";
import type { Installation, ProjectScope } from "../../ports/installation-store.ts";
import type { McpServer } from "../../ports/mcp-server-store.ts";
import { maskedQuery } from "../calls/masked-request.ts";
import { answerReader } from "../content/content-answer.ts";
import type { InvocationGateway } from "../invocation/invocation-gateway.ts";
import {
  LOOK_AGAIN_MS,
  LOOK_DEADLINE_MS,
  LOOK_EVERY_MS,
  MAX_DEFINITIONS_BYTES,
  MAX_SERVERS,
} from "./limits.ts";
import { BRIDGE, DEFINITIONS, grantOf, type ServerPackage, writeServerPackage } from "./server-package.ts";
import { readDefinitions, type ServerDefinitions } from "./server-tools.ts";

export interface NewMcpServer {
  /** Of the plugin's id, after `mcp.`. */
  readonly name: string;
  readonly title?: string;
  readonly url: string;
  readonly key?: string;
  /** `authorization` with `Bearer ` before the key unless given. */
  readonly header?: { readonly name: string; readonly prefix?: string };
  readonly scope?: ProjectScope;
}

/** A server with the plugin that it is, at its address without keys in its query. */
export interface McpServerView {
  readonly server: McpServer;
  readonly installation: Installation;
  readonly title: string;
  /** How many tools were approved. */
  readonly tools: number;
  /** The version that waits for somebody to look at it; null where the server has what was approved. */
  readonly waiting: string | null;
}

const DEFAULT_HEADER = { name: "authorization", prefix: "Bearer " };
/** At once, of a deployment: each may start a sandbox. */
const LOOKS_AT_ONCE = 4;

/**
 * Servers of the Model Context Protocol as plugins. Each is one that Patchbay makes, whose versions have the server's tools as they were when
 * Patchbay looked at them: what a server adds, changes, renames or takes away is a version that waits until somebody installs it.
 */
export class McpServers {
  readonly #context: InstallationContext;
  readonly #artifacts: Pick<ArtifactStore, "localFile">;
  readonly #intake: PackageIntake;
  readonly #installer: Installer;
  readonly #switching: Switching;
  readonly #gateway: Pick<InvocationGateway, "admitForNobody" | "callForNobody">;
  readonly #withFile: WithFile;

  constructor(parts: {
    context: InstallationContext;
    artifacts: Pick<ArtifactStore, "localFile">;
    intake: PackageIntake;
    installer: Installer;
    switching: Switching;
    gateway: Pick<InvocationGateway, "admitForNobody" | "callForNobody">;
    withFile: WithFile;
  }) {
    this.#context = parts.context;
    this.#artifacts = parts.artifacts;
    this.#intake = parts.intake;
    this.#installer = parts.installer;
    this.#switching = parts.switching;
    this.#gateway = parts.gateway;
    this.#withFile = parts.withFile;
  }

  /** Those that the caller sees, by plugin id. Throws `forbidden` and `organization_not_found`. */
  async list(principal: Principal, slug: string): Promise<McpServerView[]> {
    const authority = authorize(principal, slug, "org.plugins.read");
    const all = await this.#context.database.installations.list(authority.organization.id);
    const bridged = visibleOf(authority, all).filter(({ source }) => source === "bridge");
    const servers = await this.#context.database.mcpServers.list(bridged.map(({ id }) => id));
    return await Promise.all(
      bridged.flatMap((installation) => {
        const server = servers.find(({ installationId }) => installationId === installation.id);
        return server === undefined ? [] : [this.#viewOf(installation, server)];
      }),
    );
  }

  /** Throws `plugin_not_installed`, also for a plugin that is no server's; `forbidden` and `organization_not_found`. */
  async get(principal: Principal, slug: string, pluginId: string): Promise<McpServerView> {
    const { installation, server } = await this.#find(principal, slug, pluginId, "org.plugins.read");
    return await this.#viewOf(installation, server);
  }

  /**
   * Makes a server a plugin, enables it, and looks at what it has, which then waits to be approved. Where the server does not answer, the
   * plugin is there all the same and tries again. Throws `already_installed`, `invalid_request`, `policy_blocked`, and as `Installer.install`
   * and `Switching.enable` do.
   */
  async add(principal: Principal, slug: string, given: NewMcpServer): Promise<McpServerView> {
    const authority = authorize(principal, slug, "org.plugins.write");
    const scope = given.scope ?? { projects: "all" };
    requireScope(authority, scope);
    requireInstallable(authority.policy);
    requireSource(authority.policy, "bridge");
    const url = addressOf(given.url);
    const { name: headerName = DEFAULT_HEADER.name, prefix } = given.header ?? {};
    const header = { name: headerName, prefix: prefix ?? (given.header ? "" : DEFAULT_HEADER.prefix) };
    await this.#requireRoom(authority, `${SERVER_PUBLISHER}.${given.name}`);
    const title = given.title ?? given.name;
    const plugin = `${SERVER_PUBLISHER}.${given.name}`;
    const version = await this.#nextVersion(authority.organization.id, plugin);
    await this.#bring(authority, { name: given.name, title, url, header, version, tools: [] });
    const { installation } = await this.#installer.installFor(
      authority,
      {
        plugin,
        version,
        grants: [grantOf(url)],
        scope,
        ...(given.key !== undefined && { settings: { key: given.key } }),
      },
      (stores, { id }) => stores.mcpServers.add({ installationId: id, url, header }),
    );
    await this.#switching.enable(principal, slug, plugin);
    await this.#look(installation.id);
    return await this.get(principal, slug, plugin);
  }

  /** Looks now. Throws as `get` does, and `forbidden` unless the caller may set the plugin up. */
  async look(principal: Principal, slug: string, pluginId: string): Promise<McpServerView> {
    const { installation } = await this.#find(principal, slug, pluginId, "org.plugins.configure");
    await this.#look(installation.id);
    return await this.get(principal, slug, pluginId);
  }

  /** From time to time: looks at those on which nobody has looked for a while, sooner where they did not answer. */
  async lookAtDue(): Promise<void> {
    const now = this.#context.world.now();
    const before = (ms: number) => new Date(now.getTime() - ms);
    const due = { before: before(LOOK_EVERY_MS), brokenBefore: before(LOOK_AGAIN_MS) };
    // Each takes the next when it is done, so that a slow server holds up no other one. What was looked at in this run isn't due in it again.
    const lookAtSome = async (): Promise<void> => {
      for (;;) {
        const [id] = await this.#context.database.mcpServers.takeDue(now, due, 1);
        if (id === undefined) return;
        await this.#look(id);
      }
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, lookAtSome));
  }

  /** What the server has becomes a version where it is another than that of the newest; that it does not answer is written down. */
  async #look(installationId: string): Promise<void> {
    const { database, world } = this.#context;
    const [installation, server] = await Promise.all([
      database.installations.findById(installationId),
      database.mcpServers.find(installationId),
    ]);
    if (installation === null || server === null) return;
    const { digest, outage } = server;
    const known = { digest, checkedAt: world.now() };
    try {
      const found = await this.#definitionsOf(installation);
      // Another look may have offered the same meanwhile.
      const newest = await database.mcpServers.find(installationId);
      if (newest === null) return;
      if (found.digest !== newest.digest) await this.#offer(installation, newest, found);
      await database.mcpServers.record(installationId, { ...known, digest: found.digest, outage: null });
    } catch (error) {
      // Another look has just offered what it has found, which is newer than nothing: the next one compares with it.
      if (error instanceof PatchbayError && error.code === "version_exists") return;
      if (!(error instanceof PatchbayError))
        world.log.error({ err: error, plugin: installation.pluginId }, "a look at a server failed");
      const message =
        error instanceof PatchbayError ? error.message : "Patchbay itself failed; see the server's log.";
      const since = outage?.since ?? world.now().toISOString();
      await database.mcpServers.record(installationId, {
        ...known,
        outage: { message: message.slice(0, 1_000), since },
      });
    }
  }

  /** Through the plugin's own sandbox, grants and key. Throws what the call ended with, `plugin_error` for what is no list of tools. */
  async #definitionsOf({ organizationId, pluginId }: Installation): Promise<ServerDefinitions> {
    const call = { kind: "resources", plugin: pluginId, name: DEFINITIONS.name } as const;
    const admitted = await this.#gateway.admitForNobody(organizationId, call);
    const answer = await this.#gateway.callForNobody(admitted, {
      ...call,
      input: { ask: "read", uri: DEFINITIONS.uri, variables: {} },
      signal: AbortSignal.timeout(LOOK_DEADLINE_MS),
    });
    const [{ text }] = readAnswer(answer);
    const read = readDefinitions((JSON.parse(text) as { tools?: unknown }).tools);
    if (read !== null) return read;
    throw new PatchbayError("plugin_error", "What the server has is no list of tools.");
  }

  /** A version that waits, with a word to those who look after plugins. */
  async #offer(installation: Installation, server: McpServer, { tools }: ServerDefinitions): Promise<void> {
    const { database } = this.#context;
    const { id, organizationId, pluginId } = installation;
    const policy = await database.organizations.findPolicy(organizationId);
    const authority = systemAuthority(organizationId, "mcp_bridge", policy);
    const { manifest } = await this.#context.packageOf(installation);
    const isWaiting = (await this.#waitingOf(installation)) !== null;
    const version = await this.#nextVersion(organizationId, pluginId);
    const name = pluginId.slice(SERVER_PUBLISHER.length + 1);
    await this.#bring(authority, { ...server, name, title: manifest.name, version, tools });
    // One word is enough until somebody has looked.
    if (server.digest === null || isWaiting) return;
    await database.notifications.add(
      {
        organizationId,
        pluginId,
        installationId: id,
        project: null,
        userId: null,
        level: "warning",
        title: `The tools of ${manifest.name} have changed`,
        message: `They stay as they were approved until somebody looks at ${version} and updates the plugin to it.`,
      },
      false,
    );
  }

  /** Versions of a server that was here before are in the catalog, too. */
  async #nextVersion(organizationId: string, pluginId: string): Promise<string> {
    const versions = await this.#context.database.catalog.listVersions(organizationId, pluginId);
    const highest = versions.reduce((most, { version }) => Math.max(most, Number(version.split(".")[1])), -1);
    return `1.${highest + 1}.0`;
  }

  async #bring(by: PackageOrigin["by"], server: ServerPackage): Promise<void> {
    const code = await this.#code();
    await this.#withFile(async (path) => {
      await writeServerPackage(server, { code, output: path });
      await this.#intake.admit(path, { by, source: "bridge", badge: "private" });
    });
  }

  /** What all of them run: the bridge's own. */
  async #code(): Promise<string> {
    const bridges = (await this.#context.database.catalog.listBuiltins()).filter(
      ({ pluginId }) => pluginId === BRIDGE,
    );
    const bridge =
      bridges.find(({ version }) => version === this.#context.world.patchbayVersion) ?? bridges[0];
    if (bridge === undefined)
      throw new PatchbayError(
        "not_available",
        `This server was built without "${BRIDGE}", which MCP servers need.`,
      );
    const file = await this.#artifacts.localFile(bridge.digest);
    try {
      await using reader = await openPackage(file.path);
      return (await reader.readEntry(bridge.manifest.main ?? "")).toString("utf8");
    } finally {
      await file.release();
    }
  }

  async #requireRoom({ organization }: MemberAuthority, pluginId: string): Promise<void> {
    const all = await this.#context.database.installations.list(organization.id);
    if (all.some((one) => one.pluginId === pluginId))
      throw new PatchbayError("already_installed", `"${pluginId}" is there already. Choose another name.`);
    if (all.filter(({ source }) => source === "bridge").length < MAX_SERVERS) return;
    throw new PatchbayError(
      "invalid_request",
      `The organization has ${MAX_SERVERS} MCP servers already, which is as many as there may be. Uninstall one first.`,
    );
  }

  async #find(
    principal: Principal,
    slug: string,
    pluginId: string,
    right: "org.plugins.read" | "org.plugins.configure",
  ): Promise<{ readonly installation: Installation; readonly server: McpServer }> {
    const { installation } = await this.#context.find(principal, slug, pluginId, right);
    const server = await this.#context.database.mcpServers.find(installation.id);
    if (server !== null) return { installation, server };
    throw new PatchbayError("plugin_not_installed", `"${pluginId}" is no MCP server.`);
  }

  async #viewOf(installation: Installation, server: McpServer): Promise<McpServerView> {
    const { manifest } = await this.#context.packageOf(installation);
    return {
      server: { ...server, url: maskedQuery(server.url) },
      installation,
      title: manifest.name,
      tools: manifest.contributes?.tools?.length ?? 0,
      waiting: await this.#waitingOf(installation),
    };
  }

  /** The newest version where it is not the installed one. */
  async #waitingOf({ organizationId, pluginId, version }: Installation): Promise<string | null> {
    const [newest] = await this.#context.database.catalog.listVersions(organizationId, pluginId);
    return newest === undefined || newest.version === version ? null : newest.version;
  }
}

/** One text, as JSON. */
const DefinitionsAnswer = Type.Tuple([
  Type.Object({ ...ResourceContent.properties, text: Type.String({ maxLength: MAX_DEFINITIONS_BYTES }) }),
]);
const readAnswer = answerReader(DefinitionsAnswer, "account of what the server has");

/** One host: in what the plugin is granted, other signs stand for several. */
const HOST = /^[\w.:[\]-]+$/;

/** Throws `invalid_request` for what is no address of a server. */
const addressOf = (text: string): string => {
  const url = URL.parse(text);
  const isFit =
    url !== null &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    HOST.test(url.hostname);
  if (!isFit) {
    const message =
      "Give the address of the server, such as https://mcp.example.com/mcp, without a name or password in it.";
    throw new PatchbayError("invalid_request", message, { errors: [{ pointer: "/url", message }] });
  }
  url.hash = "";
  return url.href;
};
