import type {
  InstallationSetup,
  Installations,
  Installer,
  ReadSettings,
  Switching,
  VersionChanges,
} from "@patchbay/core";
import {
  GrantsBody,
  GrantsDto,
  InstallationDto,
  InstallBody,
  InstalledDto,
  ScopeDto,
  SettingsDto,
  type SettingsSchema,
  UpdateBody,
} from "@patchbay/protocol";
import type { FastifyReply } from "fastify";
import Type from "typebox";
import { created } from "../created.ts";
import { BY_REVISION, seenRevisions, tellRevision } from "../revisions.ts";
import { type App, answers, listOf, NoContent, Org, OrgPlugin, ProjectQuery } from "../route.ts";
import { toGrantsDto, toInstallationDto, toInstalledDto, toSettingsDto } from "../views.ts";

const tags = ["Plugins"];
const base = "/api/orgs/:org/plugins";

interface InstallationNeeds {
  readonly installations: Installations;
  readonly installer: Installer;
  readonly switching: Switching;
  readonly versions: VersionChanges;
}

/** Installing, switching, changing the version, uninstalling. */
export const installationRoutes = (app: App, services: InstallationNeeds): void => {
  const { installations, installer, switching, versions } = services;
  const installation = answers({ 200: InstallationDto });

  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "listInstallations",
        summary: "List installed plugins",
        params: Org,
        response: answers({ 200: listOf(InstallationDto) }),
      },
    },
    async (request) => ({
      items: (await installations.list(request.principal, request.params.org)).map((one) =>
        toInstallationDto(one, request.params.org),
      ),
    }),
  );

  app.post(
    base,
    {
      schema: {
        tags,
        operationId: "installPlugin",
        summary: "Install a plugin, disabled, with all that it needs",
        description:
          "What it needs and is not installed comes along. `dependencies` grants what those require; …/resolution says it beforehand.",
        params: Org,
        body: InstallBody,
        response: answers({ 201: InstalledDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      const { along } = await installer.install(principal, params.org, body);
      const view = (plugin: string) => installations.get(principal, params.org, plugin);
      const others = await Promise.all(along.map(({ pluginId }) => view(pluginId)));
      return await created(reply, "api", "orgs", params.org, "plugins", body.plugin).send(
        toInstalledDto(await view(body.plugin), others, params.org),
      );
    },
  );

  app.get(
    `${base}/:plugin`,
    {
      schema: {
        tags,
        operationId: "getInstallation",
        summary: "One installed plugin",
        params: OrgPlugin,
        response: installation,
      },
    },
    async ({ principal, params }) =>
      toInstallationDto(await installations.get(principal, params.org, params.plugin), params.org),
  );

  app.delete(
    `${base}/:plugin`,
    {
      schema: {
        tags,
        operationId: "uninstallPlugin",
        summary: "Uninstall a plugin with its settings, grants and data",
        params: OrgPlugin,
        querystring: Type.Object(
          { disable: Type.Optional(Type.Boolean({ description: "Disable it first if need be" })) },
          { additionalProperties: false },
        ),
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { org, plugin } = request.params;
      await installer.uninstall(request.principal, org, plugin, { disable: request.query.disable === true });
      return await reply.code(204).send(null);
    },
  );

  const steps = {
    enable: ["enablePlugin", "Start a plugin, after all that it needs"],
    disable: ["disablePlugin", "Stop a plugin; settings and data stay"],
    rollback: ["rollBackPlugin", "Go back to the version before the last update"],
    retry: ["retryPlugin", "Start a failed plugin again"],
  } as const;
  const take: Record<keyof typeof steps, Switching["enable"]> = {
    enable: (...which) => switching.enable(...which),
    disable: (...which) => switching.disable(...which),
    rollback: (...which) => versions.rollback(...which),
    retry: (...which) => switching.retry(...which),
  };
  for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
    const [operationId, summary] = steps[step];
    app.post(
      `${base}/:plugin/${step}`,
      { schema: { tags, operationId, summary, params: OrgPlugin, response: installation } },
      async ({ principal, params }) => {
        await take[step](principal, params.org, params.plugin);
        return toInstallationDto(await installations.get(principal, params.org, params.plugin), params.org);
      },
    );
  }

  app.post(
    `${base}/:plugin/update`,
    {
      schema: {
        tags,
        operationId: "updatePlugin",
        summary: "Change the version",
        description:
          "To the newest without `version`. The old version serves until the new one answers, and stays when it does not.",
        params: OrgPlugin,
        body: Type.Union([UpdateBody, Type.Null()]),
        response: installation,
      },
    },
    async ({ principal, params, body }) => {
      await versions.update(principal, params.org, params.plugin, body ?? {});
      return toInstallationDto(await installations.get(principal, params.org, params.plugin), params.org);
    },
  );
};

/** Settings, grants and scope. */
export const configurationRoutes = (
  app: App,
  services: { readonly configuration: InstallationSetup; readonly installations: Installations },
): void => {
  const { configuration, installations } = services;
  const settings = answers({ 200: SettingsDto });
  const schemaOf = async (principal: Parameters<typeof installations.get>[0], org: string, plugin: string) =>
    (await installations.get(principal, org, plugin)).manifest.settings as SettingsSchema | undefined;

  app.get(
    `${base}/:plugin/settings`,
    {
      schema: {
        tags,
        operationId: "getSettings",
        summary: "Effective settings with their origin",
        params: OrgPlugin,
        querystring: ProjectQuery,
        response: settings,
      },
    },
    async ({ principal, params: { org, plugin }, query }, reply) => {
      const read = await configuration.settings(principal, org, plugin, query.project ?? null);
      return toSettingsDto(tagged(reply, read), await schemaOf(principal, org, plugin));
    },
  );

  app.put(
    `${base}/:plugin/settings`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putSettings",
        summary: "Change settings",
        description: "An object of values: absent keys stay, null unsets.",
        params: OrgPlugin,
        querystring: ProjectQuery,
        body: Type.Unsafe<unknown>({ type: "object", additionalProperties: true }),
        response: settings,
      },
    },
    async (request, reply) => {
      const { principal, params, query, body } = request;
      const { org, plugin } = params;
      const seen = seenRevisions(request);
      const read = await configuration.putSettings(principal, org, plugin, query.project ?? null, body, seen);
      return toSettingsDto(tagged(reply, read), await schemaOf(principal, org, plugin));
    },
  );

  app.delete(
    `${base}/:plugin/settings`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "resetSettings",
        summary: "Reset settings to the manifest's defaults",
        params: OrgPlugin,
        querystring: ProjectQuery,
        response: settings,
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const { org, plugin } = params;
      const seen = seenRevisions(request);
      const read = await configuration.resetSettings(principal, org, plugin, query.project ?? null, seen);
      return toSettingsDto(tagged(reply, read), await schemaOf(principal, org, plugin));
    },
  );

  app.get(
    `${base}/:plugin/grants`,
    {
      schema: {
        tags,
        operationId: "getGrants",
        summary: "What is granted, and what the plugin asks for",
        params: OrgPlugin,
        response: answers({ 200: GrantsDto }),
      },
    },
    async ({ principal, params }, reply) => {
      const view = await installations.get(principal, params.org, params.plugin);
      tellRevision(reply, view.installation.grants);
      return toGrantsDto(view);
    },
  );

  app.put(
    `${base}/:plugin/grants`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putGrants",
        summary: "Replace all grants",
        params: OrgPlugin,
        body: GrantsBody,
        response: answers({ 200: GrantsDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      await configuration.putGrants(
        principal,
        params.org,
        params.plugin,
        body.grants,
        seenRevisions(request),
      );
      const view = await installations.get(principal, params.org, params.plugin);
      tellRevision(reply, view.installation.grants);
      return toGrantsDto(view);
    },
  );

  app.get(
    `${base}/:plugin/scope`,
    {
      schema: {
        tags,
        operationId: "getScope",
        summary: "The projects that the plugin applies to",
        params: OrgPlugin,
        response: answers({ 200: ScopeDto }),
      },
    },
    async ({ principal, params }, reply) => {
      const { scope } = toInstallationDto(
        await installations.get(principal, params.org, params.plugin),
        params.org,
      );
      tellRevision(reply, scope);
      return scope;
    },
  );

  app.put(
    `${base}/:plugin/scope`,
    {
      config: BY_REVISION,
      schema: {
        tags,
        operationId: "putScope",
        summary: "Change the projects that the plugin applies to",
        params: OrgPlugin,
        body: ScopeDto,
        response: answers({ 200: ScopeDto }),
      },
    },
    async (request, reply) => {
      const { principal, params, body } = request;
      await configuration.putScope(principal, params.org, params.plugin, body, seenRevisions(request));
      tellRevision(reply, body);
      return body;
    },
  );
};

const tagged = (reply: FastifyReply, read: ReadSettings): ReadSettings => {
  reply.header("etag", `"${read.revision}"`);
  return read;
};
