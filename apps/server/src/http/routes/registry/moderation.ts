import { BadgeBody, DeprecationBody, ReasonBody } from "@patchbay/protocol";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import type { Sources } from "../../../sources/create-sources.ts";
import { type App, answers, NoContent } from "../../route.ts";
import { RegistryPlugin, RegistryPluginVersion } from "./reading.ts";

/** What is said about packages after they were published. */
export const moderationRoutes = (
  app: App,
  { registry, sources }: { readonly registry: RegistryServices; readonly sources: Sources },
): void => {
  const tags = ["Registry: publishers"];
  const { moderation, documents } = registry;
  const done = answers({ 204: NoContent });

  app.post(
    "/registry/v1/packages/:plugin/versions/:version/yank",
    {
      schema: {
        tags,
        operationId: "yankVersion",
        summary: "Have a version chosen no more",
        description: "Whoever names it still gets it.",
        params: RegistryPluginVersion,
        body: ReasonBody,
        response: done,
      },
    },
    async ({ registryCaller: caller, params: { plugin, version }, body: { reason } }, reply) => {
      await moderation.yank(caller, plugin, version, reason);
      documents.changed(`packages/${plugin}`);
      await sources.refresh.lookAt(plugin);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    "/registry/v1/packages/:plugin/versions/:version/unyank",
    {
      schema: {
        tags,
        operationId: "unyankVersion",
        summary: "Take a yank back",
        params: RegistryPluginVersion,
        response: done,
      },
    },
    async ({ registryCaller: caller, params: { plugin, version } }, reply) => {
      await moderation.yank(caller, plugin, version, null);
      documents.changed(`packages/${plugin}`);
      await sources.refresh.lookAt(plugin);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    "/registry/v1/packages/:plugin/deprecate",
    {
      schema: {
        tags,
        operationId: "deprecatePackage",
        summary: "Say that a package is not to be used anew",
        params: RegistryPlugin,
        body: DeprecationBody,
        response: done,
      },
    },
    async ({ registryCaller: caller, params: { plugin }, body }, reply) => {
      await moderation.deprecate(caller, plugin, body);
      documents.changed(`packages/${plugin}`);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    "/registry/v1/packages/:plugin/undeprecate",
    {
      schema: {
        tags,
        operationId: "undeprecatePackage",
        summary: "Take a deprecation back",
        params: RegistryPlugin,
        response: done,
      },
    },
    async ({ registryCaller: caller, params: { plugin } }, reply) => {
      await moderation.deprecate(caller, plugin, null);
      documents.changed(`packages/${plugin}`);
      return await reply.code(204).send(null);
    },
  );

  app.put(
    "/registry/v1/packages/:plugin/badge",
    {
      schema: {
        tags: ["Registry: operator"],
        operationId: "putBadge",
        summary: "Set a package's badge",
        params: RegistryPlugin,
        body: BadgeBody,
        response: done,
      },
    },
    async ({ registryCaller: caller, params: { plugin }, body: { badge } }, reply) => {
      await moderation.setBadge(caller, plugin, badge);
      documents.changed(`packages/${plugin}`);
      return await reply.code(204).send(null);
    },
  );
};
