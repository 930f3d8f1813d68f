import { PatchbayError } from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import { sendArtifact } from "../../artifact-download.ts";
import { holds } from "../../entity-tags.ts";
import { bytes, elsewhere } from "../../openapi/describe.ts";
import { type App, answers } from "../../route.ts";
import { ICON_POLICY, ICON_TYPES } from "../package-parts.ts";
import { RegistryPluginVersion } from "./reading.ts";

const BASE = "/registry/v1/packages/:plugin/versions/:version";
/** A version's parts never change. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** Packages themselves. A download of all of one counts as an installation. */
export const artifactRoutes = (app: App, { registry }: { readonly registry: RegistryServices }): void => {
  app.get(
    `${BASE}/artifact`,
    {
      config: { public: true, describes: { headers: ["Range"] } },
      schema: {
        tags: ["Registry"],
        operationId: "downloadRegistryPackage",
        summary: "Download the package",
        description:
          "Takes Range. The bytes of a version never change. Where packages are kept in S3 the answer may be an address there, which works for two minutes.",
        params: RegistryPluginVersion,
        response: answers({
          200: bytes("application/zip", "The zip"),
          302: elsewhere("The zip is at the address in Location"),
        }),
      },
    },
    async (request, reply) => {
      const { plugin, version } = request.params;
      const { digest, sizeBytes } = await registry.documents.version(plugin, version);
      if (request.method === "GET" && request.headers.range === undefined) registry.installs.add(plugin);
      const as = { fileName: `${plugin}-${version}.zip`, mediaType: "application/zip" };
      const download = { digest, sizeBytes, fileName: as.fileName, cache: "public" } as const;
      return await sendArtifact(request, reply, download, {
        bytes: await registry.documents.artifact({ digest, sizeBytes }),
        address: () => registry.artifacts.addressOf(digest, as),
        open: (range) => registry.artifacts.open(digest, range),
      });
    },
  );
};

/** What is looked at before a package is installed. */
export const partRoutes = (app: App, { registry }: { readonly registry: RegistryServices }): void => {
  const config = { public: true };
  const tags = ["Registry"];
  for (const [name, part] of [
    ["readme", "readmeDigest"],
    ["changelog", "changelogDigest"],
  ] as const) {
    app.get(
      `${BASE}/${name}`,
      {
        config,
        schema: {
          tags,
          operationId: name === "readme" ? "getRegistryReadme" : "getRegistryChangelog",
          summary: `${name === "readme" ? "README.md" : "CHANGELOG.md"} of the package`,
          description: "Markdown, at most 512 KiB of it. 404 when the package has none.",
          produces: ["text/markdown"],
          params: RegistryPluginVersion,
          response: answers({ 200: Type.Unsafe<unknown>({ type: "string" }) }),
        },
      },
      async (request, reply) => {
        const { plugin, version } = request.params;
        const digest = (await registry.documents.version(plugin, version))[part];
        if (digest === null) throw hasNone(plugin, version, name);
        return await sendPart(request, reply, registry, digest, "text/markdown; charset=utf-8");
      },
    );
  }

  app.get(
    `${BASE}/icon`,
    {
      config,
      schema: {
        tags,
        operationId: "getRegistryIcon",
        summary: "The plugin's picture",
        description: "PNG, WebP or SVG. 404 when the package has none.",
        params: RegistryPluginVersion,
        response: answers({ 200: bytes(ICON_TYPES, "The picture") }),
      },
    },
    async (request, reply) => {
      const { plugin, version } = request.params;
      const { icon } = await registry.documents.version(plugin, version);
      if (icon === null) throw hasNone(plugin, version, "icon");
      reply.headers({
        "content-security-policy": ICON_POLICY,
        "cross-origin-resource-policy": "cross-origin",
      });
      return await sendPart(request, reply, registry, icon.digest, icon.type);
    },
  );
};

const sendPart = async (
  request: FastifyRequest,
  reply: FastifyReply,
  registry: RegistryServices,
  digest: string,
  type: string,
): Promise<FastifyReply> => {
  const etag = `"${digest}"`;
  reply.headers({ etag, "cache-control": FOR_EVER });
  if (holds(request, etag)) return await reply.code(304).send();
  return await reply.type(type).send(await registry.documents.part(digest));
};

const hasNone = (plugin: string, version: string, what: string) =>
  new PatchbayError("not_found", `Version ${version} of "${plugin}" came without a ${what}.`);
