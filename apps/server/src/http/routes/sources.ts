import type { PackageTrust } from "@patchbay/core";
import { ImportBody, SourcesDto, SourceTokenBody, UpdateCheckDto, VersionDto } from "@patchbay/protocol";
import type { Sources } from "../../sources/create-sources.ts";
import { created } from "../created.ts";
import { clientGone } from "../event-stream.ts";
import { type App, answers, NoContent, Org } from "../route.ts";
import { toVersionDto } from "../views.ts";

const tags = ["Sources"];
const base = "/api/orgs/:org";

/** Bringing packages from elsewhere, and looking whether there are newer ones. */
export const sourceRoutes = (
  app: App,
  { sources, trust }: { readonly sources: Sources; readonly trust: PackageTrust },
): void => {
  const { imports, refresh, views } = sources;

  app.get(
    `${base}/sources`,
    {
      schema: {
        tags,
        operationId: "listSources",
        summary: "Where packages come from, and whether it answers",
        params: Org,
        response: answers({ 200: SourcesDto }),
      },
    },
    async ({ principal, params: { org } }) => ({
      marketplaces: [...(await views.states(principal, org))],
      github: { hasToken: await imports.hasToken(principal, org) },
    }),
  );

  app.post(
    `${base}/imports`,
    {
      schema: {
        tags,
        operationId: "importFromGithub",
        summary: "Add a package from GitHub to the catalog",
        description:
          "Of the release, or else the tag, that is `version` or `v` and the version: the zip among its files, or else its tree. A private repository needs a token, here or stored for the organization.",
        params: Org,
        body: ImportBody,
        response: answers({ 200: VersionDto, 201: VersionDto }),
      },
    },
    async (request, reply) => {
      const { source: _source, ...wanted } = request.body;
      const { org } = request.params;
      const { version, created: isNew } = await imports.import(
        request.principal,
        org,
        wanted,
        clientGone(reply),
      );
      const answer = toVersionDto(version, await trust.judge(version), org);
      if (isNew) created(reply, "api", "orgs", org, "catalog", answer.plugin, "versions", answer.version);
      return await reply.send(answer);
    },
  );

  app.put(
    `${base}/sources/github`,
    {
      schema: {
        tags,
        operationId: "putGithubToken",
        summary: "Keep a token that reaches private repositories",
        description: "For imports and for finding newer versions. It is encrypted and never shown again.",
        params: Org,
        body: SourceTokenBody,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params, body }, reply) => {
      await imports.putToken(principal, params.org, body.token);
      return await reply.code(204).send(null);
    },
  );

  app.delete(
    `${base}/sources/github`,
    {
      schema: {
        tags,
        operationId: "deleteGithubToken",
        summary: "Forget the token for GitHub",
        params: Org,
        response: answers({ 204: NoContent }),
      },
    },
    async ({ principal, params }, reply) => {
      await imports.removeToken(principal, params.org);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    `${base}/updates/check`,
    {
      schema: {
        tags,
        operationId: "checkForUpdates",
        summary: "Look now for newer versions of what is installed",
        description:
          "It is done every ten minutes anyway. What is found shows as `update` of the installations.",
        params: Org,
        response: answers({ 200: UpdateCheckDto }),
      },
    },
    async ({ principal, params }) => {
      const { checked, failed } = await refresh.check(principal, params.org);
      return { checked: [...checked], failed: [...failed] };
    },
  );
};
