import type { Catalog, StoredPart } from "@patchbay/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { holds } from "../entity-tags.ts";
import { bytes } from "../openapi/describe.ts";
import { type App, answers, OrgPluginVersion } from "../route.ts";

/** An SVG that is opened by itself runs nothing, loads nothing and has no origin. */
export const ICON_TYPES = ["image/png", "image/webp", "image/svg+xml"];
export const ICON_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";
/** For addresses that name the digest of what lies there. */
const FOR_EVER = "private, max-age=31536000, immutable";
const FOR_NOW = "private, no-cache";

/** What came in a package to be read and looked at before it is installed. */
export const packagePartRoutes = (app: App, services: { readonly catalog: Catalog }): void => {
  const tags = ["Catalog"];
  const { catalog } = services;
  const base = "/api/orgs/:org/catalog/:plugin/versions/:version";
  const documents = { readme: "README.md of the package", changelog: "CHANGELOG.md of the package" } as const;

  for (const [name, summary] of Object.entries(documents) as [keyof typeof documents, string][]) {
    app.get(
      `${base}/${name}`,
      {
        schema: {
          tags,
          operationId: name === "readme" ? "getReadme" : "getChangelog",
          summary,
          description: "Markdown, at most 512 KiB of it. 404 when the package has none.",
          produces: ["text/markdown"],
          params: OrgPluginVersion,
          response: answers({ 200: Type.Unsafe<unknown>({ type: "string" }) }),
        },
      },
      async (request, reply) => {
        const { org, plugin, version } = request.params;
        const part = catalog.document(await catalog.version(request.principal, org, plugin, version), name);
        reply.header("cache-control", FOR_NOW);
        return await sendPart(request, reply, part, "text/markdown; charset=utf-8");
      },
    );
  }

  app.get(
    `${base}/icon`,
    {
      schema: {
        tags,
        operationId: "getIcon",
        summary: "The plugin's picture",
        description:
          "PNG, WebP or SVG. With `digest`, as other answers give the address, it may be kept for ever.",
        params: OrgPluginVersion,
        querystring: Type.Object(
          { digest: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$" })) },
          { additionalProperties: false },
        ),
        response: answers({ 200: bytes(ICON_TYPES, "The picture") }),
      },
    },
    async (request, reply) => {
      const { org, plugin, version } = request.params;
      const icon = catalog.icon(await catalog.version(request.principal, org, plugin, version));
      const isNamed = request.query.digest === icon.digest;
      reply
        .header("cache-control", isNamed ? FOR_EVER : FOR_NOW)
        .header("content-security-policy", ICON_POLICY)
        .header("cross-origin-resource-policy", "same-origin");
      return await sendPart(request, reply, icon, icon.type);
    },
  );
};

const sendPart = async (
  request: FastifyRequest,
  reply: FastifyReply,
  part: StoredPart,
  type: string,
): Promise<FastifyReply> => {
  const etag = `"${part.digest}"`;
  reply.header("etag", etag);
  if (holds(request, etag)) return await reply.code(304).send();
  return await reply.type(type).send(await part.read());
};
