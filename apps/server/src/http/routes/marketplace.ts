import { checkIcon } from "@patchbay/artifact";
import type { Marketplace, SeenPlugin } from "@patchbay/core";
import {
  type MarketplaceItemDto,
  MarketplacePluginDto,
  MarketplacePublisherDto,
  MarketplaceQueryDto,
  MarketplaceSearchDto,
  PatchbayError,
  type RegistrySummaryDto,
} from "@patchbay/protocol";
import Type from "typebox";
import type { Sources } from "../../sources/create-sources.ts";
import { bytes } from "../openapi/describe.ts";
import { type App, answers, Org, OrgPlugin, OrgPluginVersion, pageOf } from "../route.ts";
import { ICON_POLICY, ICON_TYPES } from "./package-parts.ts";

const tags = ["Marketplace"];
const base = "/api/orgs/:org/marketplace";

/** What the marketplaces of this deployment have. */
export const marketplaceRoutes = (app: App, { sources }: { readonly sources: Sources }): void => {
  const { views } = sources;

  app.get(
    base,
    {
      schema: {
        tags,
        operationId: "searchMarketplaces",
        summary: "Search the marketplaces",
        description:
          "All of them in order: a plugin of an earlier one hides that of a later one. One that does not answer is told so in `marketplaces`.",
        params: Org,
        querystring: MarketplaceQueryDto,
        response: answers({ 200: MarketplaceSearchDto }),
      },
    },
    async ({ principal, params: { org }, query }) => {
      const { limit: _limit, cursor: _cursor, ...filters } = query;
      const found = await views.search(principal, org, { ...filters, ...pageOf(query) });
      return {
        ...found,
        items: found.items.map((one) => toItemDto(one, org)),
        facets: { category: { ...found.facets.category }, badge: { ...found.facets.badge } },
        marketplaces: [...found.marketplaces],
      };
    },
  );

  app.get(
    `${base}/:plugin`,
    {
      schema: {
        tags,
        operationId: "getMarketplacePlugin",
        summary: "One plugin of a marketplace, before it is installed",
        params: OrgPlugin,
        response: answers({ 200: MarketplacePluginDto }),
      },
    },
    async ({ principal, params: { org, plugin } }) => {
      const one = await views.get(principal, org, plugin);
      const { createdAt, versions } = one.found;
      const advisories = [...one.advisories];
      return { ...toItemDto(one, org), createdAt, versions, publishedBy: one.publisher, advisories };
    },
  );

  app.get(
    `${base}/publishers/:publisher`,
    {
      schema: {
        tags,
        operationId: "getMarketplacePublisher",
        summary: "A publisher of a marketplace, with proofs, keys and packages",
        params: Type.Object({ org: Org.properties.org, publisher: Type.String({ maxLength: 64 }) }),
        response: answers({ 200: MarketplacePublisherDto }),
      },
    },
    async ({ principal, params: { org, publisher } }) => {
      const found = await views.publisher(principal, org, publisher);
      return { ...found.publisher, marketplace: toNameDto(found.marketplace) };
    },
  );

  const documents = { readme: "README.md of the package", changelog: "CHANGELOG.md of the package" } as const;
  for (const [name, summary] of Object.entries(documents) as [keyof typeof documents, string][])
    app.get(
      `${base}/:plugin/versions/:version/${name}`,
      {
        schema: {
          tags,
          operationId: name === "readme" ? "getMarketplaceReadme" : "getMarketplaceChangelog",
          summary: `${summary} as the marketplace shows it`,
          description: "Markdown, at most 512 KiB of it. 404 when the package has none.",
          produces: ["text/markdown"],
          params: OrgPluginVersion,
          response: answers({ 200: Type.Unsafe<unknown>({ type: "string" }) }),
        },
      },
      async ({ principal, params: { org, plugin, version } }, reply) => {
        const { content } = await views.part(principal, org, plugin, version, name);
        return await reply
          .header("cache-control", "private, no-cache")
          .type("text/markdown; charset=utf-8")
          .send(content);
      },
    );

  app.get(
    `${base}/:plugin/versions/:version/icon`,
    {
      schema: {
        tags,
        operationId: "getMarketplaceIcon",
        summary: "The plugin's picture as the marketplace shows it",
        description: "PNG, WebP or SVG, checked as those of uploaded packages are.",
        params: OrgPluginVersion,
        response: answers({ 200: bytes(ICON_TYPES, "The picture") }),
      },
    },
    async ({ principal, params: { org, plugin, version } }, reply) => {
      const { content, icon } = await views.part(principal, org, plugin, version, "icon");
      return await reply
        .header("cache-control", "private, max-age=300")
        .header("content-security-policy", ICON_POLICY)
        .header("cross-origin-resource-policy", "same-origin")
        .type(iconType(icon ?? "icon.svg", content))
        .send(content);
    },
  );
};

/** A picture that may be shown, or `marketplace_invalid`: the package with it could not be installed either. */
const iconType = (path: string, content: Buffer): string => {
  try {
    return checkIcon(path, content);
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    throw new PatchbayError(
      "marketplace_invalid",
      `The marketplace sent an icon that cannot be shown: ${error.message}`,
      {
        cause: error,
      },
    );
  }
};

const toNameDto = ({ name, url }: Marketplace) => ({ name, url });

const toItemDto = (
  { marketplace, found, installed, blocked }: SeenPlugin<RegistrySummaryDto>,
  org: string,
): MarketplaceItemDto => {
  const { plugin, name, description, author, category, keywords, license, badge, publisher } = found;
  const { latest, installs, updatedAt, hasIcon, deprecated } = found;
  const icon = `/api/orgs/${org}/marketplace/${plugin}/versions/${encodeURIComponent(latest)}/icon`;
  return {
    plugin,
    name,
    description,
    author,
    category,
    keywords,
    badge,
    publisher,
    latest,
    installs,
    updatedAt,
    hasIcon,
    installed,
    ...(license !== undefined && { license }),
    ...(deprecated !== undefined && { deprecated }),
    ...(hasIcon && { icon }),
    marketplace: toNameDto(marketplace),
    ...(blocked !== null && {
      blocked: { rule: blocked.rule, message: blocked.message, changedBy: [...blocked.changedBy] },
    }),
  };
};
