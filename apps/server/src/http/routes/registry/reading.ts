import {
  OsvDto,
  PLUGIN_CATEGORIES,
  PublisherName,
  RegistryAdvisoriesDto,
  RegistryBadge,
  RegistryBlocklistDto,
  RegistryDto,
  RegistryPackageDto,
  RegistryPublisherDto,
  RegistrySearchDto,
  RegistryVersionDto,
} from "@patchbay/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { documentOf, type RegistryDocument } from "../../../registry/registry-documents.ts";
import type { RegistryServices } from "../../../registry/registry-services.ts";
import { toRegistryVersionDto } from "../../../registry/registry-views.ts";
import { holds } from "../../entity-tags.ts";
import { type App, answers, PageQuery, pageOf } from "../../route.ts";

const CACHE = "public, max-age=60";
const JSON_TYPE = "application/json; charset=utf-8";
const SearchQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200 })),
    category: Type.Optional(Type.Enum([...PLUGIN_CATEGORIES])),
    badge: Type.Optional(RegistryBadge),
    publisher: Type.Optional(PublisherName),
    sort: Type.Optional(Type.Enum(["relevance", "installs", "updated"])),
    ...PageQuery,
  },
  { additionalProperties: false },
);
export const RegistryPlugin = Type.Object({ plugin: Type.String({ maxLength: 128 }) });
export const RegistryPluginVersion = Type.Object({
  ...RegistryPlugin.properties,
  version: Type.String({ maxLength: 128 }),
});

/** What anybody can read. Every answer may be kept for a minute, and is compared by its tag after that. */
export const readingRoutes = (
  app: App,
  { registry }: { readonly registry: RegistryServices },
  origin: () => string,
): void => {
  const tags = ["Registry"];
  const config = { public: true };
  const { documents } = registry;

  const about = documentOnce(() => {
    const name = URL.parse(origin())?.host ?? "Patchbay";
    return documentOf({ protocol: 1, name, search: "server" } satisfies RegistryDto);
  });
  // A client that does not know yet whether this is a server asks for the file.
  for (const [path, hide] of [
    ["registry", false],
    ["registry.json", true],
  ] as const)
    app.get(
      `/registry/v1/${path}`,
      {
        config,
        schema: {
          tags,
          hide,
          operationId: "getRegistry",
          summary: "How to talk to this registry",
          response: answers({ 200: RegistryDto }),
        },
      },
      async (request, reply) => send(request, reply, about()),
    );

  app.get(
    "/registry/v1/search",
    {
      config,
      schema: {
        tags,
        operationId: "searchRegistry",
        summary: "Search packages",
        description:
          "By the beginnings and stems of all words, best first; by likeness of names where nothing fits. Counts go up to 500 for a search by words: then there are at least so many.",
        querystring: SearchQuery,
        response: answers({ 200: RegistrySearchDto }),
      },
    },
    async (request, reply) => {
      const { sort = "relevance", limit: _limit, cursor: _cursor, ...filters } = request.query;
      return send(request, reply, await documents.search({ ...filters, sort, ...pageOf(request.query) }));
    },
  );

  app.get(
    "/registry/v1/packages/:plugin",
    {
      config,
      schema: {
        tags,
        operationId: "getRegistryPackage",
        summary: "One package with its versions, newest first",
        params: RegistryPlugin,
        response: answers({ 200: RegistryPackageDto }),
      },
    },
    async (request, reply) => send(request, reply, await documents.package(request.params.plugin)),
  );

  app.get(
    "/registry/v1/packages/:plugin/versions/:version",
    {
      config,
      schema: {
        tags,
        operationId: "getRegistryVersion",
        summary: "One version",
        params: RegistryPluginVersion,
        response: answers({ 200: RegistryVersionDto }),
      },
    },
    async (request, reply) => {
      const { plugin, version } = request.params;
      return send(request, reply, documentOf(toRegistryVersionDto(await documents.version(plugin, version))));
    },
  );

  app.get(
    "/registry/v1/publishers/:publisher",
    {
      config,
      schema: {
        tags,
        operationId: "getRegistryPublisher",
        summary: "A publisher with keys, proofs and packages",
        params: Type.Object({ publisher: Type.String({ maxLength: 64 }) }),
        response: answers({ 200: RegistryPublisherDto }),
      },
    },
    async (request, reply) => send(request, reply, await documents.publisher(request.params.publisher)),
  );

  app.get(
    "/registry/v1/advisories",
    {
      config,
      schema: {
        tags,
        operationId: "listRegistryAdvisories",
        summary: "All advisories, in OSV format",
        response: answers({ 200: RegistryAdvisoriesDto }),
      },
    },
    async (request, reply) => send(request, reply, await documents.advisories()),
  );

  app.get(
    "/registry/v1/advisories/:id",
    {
      config,
      schema: {
        tags,
        operationId: "getRegistryAdvisory",
        summary: "One advisory, in OSV format",
        params: Type.Object({ id: Type.String({ maxLength: 128 }) }),
        response: answers({ 200: OsvDto }),
      },
    },
    async (request, reply) => {
      const { advisory } = await registry.notices.findAdvisory(request.params.id);
      return send(request, reply, documentOf(advisory));
    },
  );

  app.get(
    "/registry/v1/blocklist",
    {
      config,
      schema: {
        tags,
        operationId: "getBlocklist",
        summary: "Versions that must not run anywhere",
        response: answers({ 200: RegistryBlocklistDto }),
      },
    },
    async (request, reply) => send(request, reply, await documents.blocklist()),
  );
};

/** Made when it is first asked for: by then the server knows its address. */
const documentOnce = (make: () => RegistryDocument): (() => RegistryDocument) => {
  let made: RegistryDocument | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** The bytes go out as they lie in memory: the answer's schema is for the description only. */
const send = (
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: RegistryDocument,
): FastifyReply => {
  reply.headers({ etag, "cache-control": CACHE, "access-control-allow-origin": "*" });
  if (holds(request, etag)) return reply.code(304).send();
  return reply.header("content-type", JSON_TYPE).send(body);
};
