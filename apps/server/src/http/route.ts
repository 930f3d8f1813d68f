import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { ProblemDto } from "@patchbay/protocol";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import Type, { type TSchema } from "typebox";

/** Fastify with the schemas of a route as the types of its handler. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
export type { FastifyInstance };

/** Registers what needs no caller and is no part of the API's description: pages and their files. */
export const registerPublic = async (
  app: App,
  register: (scope: FastifyInstance) => Promise<void>,
): Promise<void> => {
  await app.register(async (scope) => {
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, public: true };
      route.schema = { ...route.schema, hide: true };
    });
    await register(scope);
  });
};

const Slug = Type.String({ maxLength: 63 });
export const Org = Type.Object({ org: Slug });
export const OrgPlugin = Type.Object({ org: Slug, plugin: Type.String({ maxLength: 100 }) });
export const OrgPluginVersion = Type.Object({
  ...OrgPlugin.properties,
  version: Type.String({ maxLength: 100 }),
});
export const OrgProject = Type.Object({ org: Slug, project: Slug });
export const ProjectQuery = Type.Object({ project: Type.Optional(Slug) }, { additionalProperties: false });
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 1_024 })),
};
export const DEFAULT_PAGE = 50;

/** A page of a list. `cursor` leads to the next one. */
export const listOf = (item: TSchema) =>
  Type.Object({ items: Type.Array(item), cursor: Type.Optional(Type.String()) });

/** The answers of a route for the OpenAPI document: what it gives when all is well, and the problem document otherwise. */
export const answers = <T extends Readonly<Record<number, TSchema>>>(good: T) => ({
  ...good,
  "4xx": Type.Unsafe<unknown>({
    description: "A problem document",
    content: { "application/problem+json": { schema: ProblemDto } },
  }),
  "5xx": Type.Unsafe<unknown>({
    description: "A problem document",
    content: { "application/problem+json": { schema: ProblemDto } },
  }),
});

export const NoContent = Type.Null({ description: "Done; there is nothing to say" });

/** The page size and position of a list request. */
export const pageOf = ({ limit, cursor }: { limit?: number; cursor?: string }) => ({
  limit: limit ?? DEFAULT_PAGE,
  ...(cursor !== undefined && { cursor }),
});
