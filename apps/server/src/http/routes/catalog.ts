import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readDirectory, writePackage } from "@patchbay/artifact";
import {
  type Catalog,
  type Installations,
  type Installer,
  type PackageTrust,
  requireDeploymentAdmin,
} from "@patchbay/core";
import {
  BADGES,
  CatalogEntryDto,
  CatalogPluginDto,
  PACKAGE_SOURCES,
  PatchbayError,
  PLUGIN_CATEGORIES,
  ResolutionDto,
  VersionDto,
} from "@patchbay/protocol";
import Type from "typebox";
import { sendArtifact } from "../artifact-download.ts";
import { created } from "../created.ts";
import { clientGone } from "../event-stream.ts";
import { bytes, elsewhere } from "../openapi/describe.ts";
import { receivePackage } from "../package-upload.ts";
import { type App, answers, listOf, Org, OrgPlugin, OrgPluginVersion, PageQuery, pageOf } from "../route.ts";
import { toCatalogEntryDto, toResolutionDto, toVersionDto } from "../views.ts";

const Category = Type.Enum([...PLUGIN_CATEGORIES]);
const Source = Type.Enum([...PACKAGE_SOURCES]);
const Badge = Type.Enum([...BADGES]);
const CatalogSearch = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200 })),
    category: Type.Optional(Category),
    source: Type.Optional(Source),
    badge: Type.Optional(Badge),
    ...PageQuery,
  },
  { additionalProperties: false },
);

interface CatalogNeeds {
  readonly catalog: Catalog;
  readonly installations: Installations;
  readonly installer: Installer;
  readonly trust: PackageTrust;
  readonly uploads: string;
}

/** The catalog: what can be installed. */
export const catalogRoutes = (app: App, services: CatalogNeeds): void => {
  const tags = ["Catalog"];
  const { catalog, installations, installer, trust } = services;

  app.get(
    "/api/orgs/:org/catalog",
    {
      schema: {
        tags,
        operationId: "searchCatalog",
        summary: "Search the catalog",
        params: Org,
        querystring: CatalogSearch,
        response: answers({ 200: listOf(CatalogEntryDto) }),
      },
    },
    async (request) => {
      const { limit, cursor, ...filters } = request.query;
      const { authority, page } = await catalog.search(request.principal, request.params.org, {
        ...filters,
        ...pageOf(request.query),
      });
      const installed = await installations.installedVersions(authority);
      return {
        items: page.items.map((one) =>
          toCatalogEntryDto(one, request.params.org, installed.get(one.pluginId)),
        ),
        ...(page.cursor !== undefined && { cursor: page.cursor }),
      };
    },
  );

  app.get(
    "/api/orgs/:org/catalog/:plugin",
    {
      schema: {
        tags,
        operationId: "getCatalogPlugin",
        summary: "One plugin with its versions",
        params: OrgPlugin,
        response: answers({ 200: CatalogPluginDto }),
      },
    },
    async (request) => {
      const { authority, versions } = await catalog.versions(
        request.principal,
        request.params.org,
        request.params.plugin,
      );
      const installed = (await installations.installedVersions(authority)).get(request.params.plugin);
      const [newest] = versions;
      if (newest === undefined)
        throw new PatchbayError("package_not_found", "The catalog has no such plugin.");
      const { org } = request.params;
      return {
        ...toCatalogEntryDto(newest, org, installed),
        versions: await Promise.all(
          versions.map(async (one) => toVersionDto(one, await trust.judge(one), org)),
        ),
      };
    },
  );

  app.get(
    "/api/orgs/:org/catalog/:plugin/versions/:version",
    {
      schema: {
        tags,
        operationId: "getCatalogVersion",
        summary: "One version",
        params: OrgPluginVersion,
        response: answers({ 200: VersionDto }),
      },
    },
    async (request) => {
      const { org, plugin, version } = request.params;
      const found = await catalog.version(request.principal, org, plugin, version);
      return toVersionDto(found, await trust.judge(found), org);
    },
  );

  app.get(
    "/api/orgs/:org/catalog/:plugin/versions/:version/resolution",
    {
      schema: {
        tags,
        operationId: "getResolution",
        summary: "What installing this version, or updating to it, would need",
        description:
          "Which further plugins come along, with the permissions of each; or the problem that would stop it. Nothing is changed.",
        params: OrgPluginVersion,
        response: answers({ 200: ResolutionDto }),
      },
    },
    async ({ principal, params: { org, plugin, version } }) =>
      toResolutionDto(await installer.resolution(principal, org, plugin, version), org),
  );

  app.get(
    "/api/orgs/:org/catalog/:plugin/settings-schema",
    {
      schema: {
        tags,
        operationId: "getSettingsSchema",
        summary: "The settings' JSON Schema",
        params: OrgPlugin,
        querystring: Type.Object({ version: Type.Optional(Type.String({ maxLength: 100 })) }),
        response: answers({ 200: Type.Unsafe<unknown>({}) }),
      },
    },
    async (request) => {
      const { org, plugin } = request.params;
      const { manifest } = await catalog.version(request.principal, org, plugin, request.query.version);
      return manifest.settings ?? { type: "object", properties: {} };
    },
  );

  app.get(
    "/api/orgs/:org/catalog/:plugin/versions/:version/artifact",
    {
      config: { describes: { headers: ["Range"] } },
      schema: {
        tags,
        operationId: "downloadPackage",
        summary: "Download the package",
        description:
          "Takes Range. The bytes of a version never change. Where packages are kept in S3 the answer may be an address there, which works for two minutes.",
        params: OrgPluginVersion,
        response: answers({
          200: bytes("application/zip", "The zip"),
          302: elsewhere("The zip is at the address in Location"),
        }),
      },
    },
    async (request, reply) => {
      const { org, plugin, version } = request.params;
      const found = await catalog.version(request.principal, org, plugin, version);
      const { digest, sizeBytes } = found;
      const download = { digest, sizeBytes, fileName: `${plugin}-${version}.zip`, cache: "private" } as const;
      return await sendArtifact(request, reply, download, {
        bytes: null,
        address: () => catalog.addressOf(found),
        open: (range) => catalog.open(found, range),
      });
    },
  );

  app.post(
    "/api/orgs/:org/uploads",
    {
      config: { describes: { upload: "package" } },
      schema: {
        tags,
        operationId: "uploadPackage",
        summary: "Add a package to the catalog",
        description:
          "A multipart body with the zip as `package`; or, for administrators of the deployment, JSON with `directory`, a folder on the server's machine.",
        consumes: ["multipart/form-data", "application/json"],
        params: Org,
        response: answers({ 200: VersionDto, 201: VersionDto }),
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      const source = request.isMultipart() ? "upload" : "directory";
      const authority = catalog.authorizeUpload(principal, params.org, source);
      if (!request.isMultipart()) requireDeploymentAdmin(principal);
      const folder = await mkdtemp(join(services.uploads, "upload-"));
      try {
        const path = join(folder, "package.zip");
        if (request.isMultipart()) await receivePackage(request, path);
        else await packDirectory(request.body, path);
        const { version, created: isNew } = await catalog.upload(authority, path, source, clientGone(reply));
        const answer = toVersionDto(version, await services.trust.judge(version), params.org);
        const { pluginId, version: number } = version;
        if (isNew) created(reply, "api", "orgs", params.org, "catalog", pluginId, "versions", number);
        return await reply.send(answer);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
};

const packDirectory = async (body: unknown, path: string): Promise<void> => {
  const directory =
    typeof body === "object" && body !== null && "directory" in body ? body.directory : undefined;
  if (typeof directory !== "string" || !directory.startsWith("/")) {
    throw new PatchbayError(
      "invalid_request",
      'Send the zip as the multipart field "package", or JSON such as { "directory": "/srv/plugins/weather" }.',
    );
  }
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new PatchbayError(
      "directory_unreadable",
      `"${directory}" is not a folder that the server can read.`,
    );
  await writePackage({ files: await readDirectory(directory), output: path });
};
