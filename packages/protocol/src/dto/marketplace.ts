import Type, { type Static } from "typebox";
import { PluginId, Semver } from "../manifest.ts";
import { PLUGIN_CATEGORIES } from "../plugin-categories.ts";
import {
  OsvDto,
  RegistryBadge,
  RegistryPublisherDto,
  RegistrySummaryDto,
  RegistryVersionDto,
} from "./registry.ts";

const strict = { additionalProperties: false } as const;
const Counts = Type.Record(Type.String(), Type.Integer());

/** Why an organization's policy does not want a plugin, and who can change that. */
const PolicyObjectionDto = Type.Object({
  rule: Type.String(),
  message: Type.String(),
  changedBy: Type.Array(Type.String()),
});

const MarketplaceNameDto = Type.Object({ name: Type.String(), url: Type.String() });

/** How one of the marketplaces answered. */
export const MarketplaceStateDto = Type.Object({
  ...MarketplaceNameDto.properties,
  state: Type.Enum(["ok", "unavailable"]),
  message: Type.Optional(Type.String()),
});
export type MarketplaceStateDto = Static<typeof MarketplaceStateDto>;

export const MarketplaceItemDto = Type.Object({
  ...RegistrySummaryDto.properties,
  icon: Type.Optional(Type.String({ description: "Address of the picture" })),
  marketplace: MarketplaceNameDto,
  installed: Type.Union([Type.String(), Type.Null()], { description: "The installed version, or null" }),
  blocked: Type.Optional(PolicyObjectionDto),
});
export type MarketplaceItemDto = Static<typeof MarketplaceItemDto>;

export const MarketplaceSearchDto = Type.Object({
  items: Type.Array(MarketplaceItemDto),
  total: Type.Integer({ description: "Of all marketplaces; what two of them have counts twice" }),
  facets: Type.Object({ category: Counts, badge: Counts }),
  cursor: Type.Optional(Type.String()),
  marketplaces: Type.Array(MarketplaceStateDto, { description: "In their order, with how each answered" }),
});
export type MarketplaceSearchDto = Static<typeof MarketplaceSearchDto>;

export const MarketplacePluginDto = Type.Object({
  ...MarketplaceItemDto.properties,
  latest: Type.String({
    description:
      "The newest version that was not withdrawn, is no pre-release and supports this Patchbay; the marketplace's own choice when there is none",
  }),
  createdAt: Type.String(),
  versions: Type.Array(RegistryVersionDto, { description: "Newest first" }),
  publishedBy: Type.Union([RegistryPublisherDto, Type.Null()], {
    description: "With proofs and keys; null when the marketplace says nothing about the publisher",
  }),
  advisories: Type.Array(OsvDto, { description: "Those that name the plugin" }),
});
export type MarketplacePluginDto = Static<typeof MarketplacePluginDto>;

export const MarketplacePublisherDto = Type.Object({
  ...RegistryPublisherDto.properties,
  marketplace: MarketplaceNameDto,
});
export type MarketplacePublisherDto = Static<typeof MarketplacePublisherDto>;

export const MarketplaceQueryDto = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200 })),
    category: Type.Optional(Type.Enum([...PLUGIN_CATEGORIES])),
    badge: Type.Optional(RegistryBadge),
    publisher: Type.Optional(Type.String({ maxLength: 64 })),
    sort: Type.Optional(Type.Enum(["relevance", "installs", "updated"])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 4_096 })),
  },
  strict,
);
export type MarketplaceQueryDto = Static<typeof MarketplaceQueryDto>;

const GithubToken = Type.String({ minLength: 1, maxLength: 1_000, pattern: "^[!-~]+$" });

/** `POST …/imports` */
export const ImportBody = Type.Object(
  {
    source: Type.Literal("github"),
    repository: Type.String({ maxLength: 200, description: "owner/name" }),
    version: Semver,
    token: Type.Optional(GithubToken),
  },
  strict,
);
export type ImportBody = Static<typeof ImportBody>;

/** `PUT …/sources/github` */
export const SourceTokenBody = Type.Object({ token: GithubToken }, strict);
export type SourceTokenBody = Static<typeof SourceTokenBody>;

/** `GET …/sources` */
export const SourcesDto = Type.Object({
  marketplaces: Type.Array(MarketplaceStateDto),
  github: Type.Object({ hasToken: Type.Boolean() }),
});
export type SourcesDto = Static<typeof SourcesDto>;

/** `POST …/updates/check` */
export const UpdateCheckDto = Type.Object({
  checked: Type.Array(PluginId),
  failed: Type.Array(Type.Object({ plugin: Type.String(), code: Type.String(), message: Type.String() }), {
    description: "Plugins whose marketplace or repository did not tell",
  }),
});
export type UpdateCheckDto = Static<typeof UpdateCheckDto>;
