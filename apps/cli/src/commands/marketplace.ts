import {
  type MarketplacePluginDto,
  type MarketplaceQueryDto,
  type MarketplaceStateDto,
  normalizePermission,
  PLUGIN_CATEGORIES,
  REGISTRY_BADGES,
} from "@patchbay/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, table } from "../output.ts";
import { openClient } from "../session.ts";

const MAX_LIMIT = 200;

type SearchOptions = CommonOptions & {
  readonly category?: MarketplaceQueryDto["category"];
  readonly badge?: MarketplaceQueryDto["badge"];
  readonly limit: number;
};

/** Looking around before anything is installed. */
export const addMarketplaceCommands = (plugin: Command): void => {
  plugin
    .command("search [words...]")
    .description("Search the marketplaces")
    .addOption(
      new Option("--category <category>", "only plugins of this category").choices(PLUGIN_CATEGORIES),
    )
    .addOption(new Option("--badge <badge>", "only plugins with this badge").choices(REGISTRY_BADGES))
    .addOption(
      new Option("--limit <plugins>", "how many at most, up to 200").default(20).argParser(parseLimit),
    )
    .action(async (words: string[], options: SearchOptions) => {
      const { category, badge } = options;
      const found = await (await openClient(options.org)).marketplace.search({
        q: words.join(" "),
        limit: options.limit,
        ...(category !== undefined && { category }),
        ...(badge !== undefined && { badge }),
      });
      const rows = found.items.map(({ plugin: id, latest, badge: mark, description, installed, blocked }) => [
        id,
        latest,
        mark,
        blocked === undefined ? (installed === null ? "" : `installed: ${installed}`) : "not allowed here",
        description,
      ]);
      const lines = [
        found.items.length === 0 ? "Nothing fits." : table([["PLUGIN", "VERSION", "BADGE", "", ""], ...rows]),
        ...(found.total > found.items.length
          ? [`${found.items.length} of ${found.total}; --limit shows more, words show fewer.`]
          : []),
        ...found.marketplaces.flatMap(toWarning),
      ];
      new Output(options.json).result(found, lines.join("\n"));
    });

  plugin
    .command("info <plugin>")
    .description("Show a plugin of a marketplace: versions, permissions, publisher, advisories")
    .action(async (id: string, options: CommonOptions) => {
      const found = await (await openClient(options.org)).marketplace.get(id);
      new Output(options.json).result(found, describe(found));
    });
};

const toWarning = ({ state, name, message }: MarketplaceStateDto): string[] =>
  state === "ok" ? [] : [`${name} does not answer: ${message ?? "no reason given"}`];

const describe = (found: MarketplacePluginDto): string => {
  const { plugin, name, description, latest, badge, publisher, installs, license, marketplace } = found;
  const facts = [
    ["Version", latest],
    ["Badge", badge],
    ["Publisher", `${found.publishedBy?.name ?? publisher}${proofOf(found)}`],
    ["Licence", license ?? "not told"],
    ["Installs", String(installs)],
    ["Marketplace", marketplace.name],
    ["Installed", found.installed ?? "no"],
    ["Permissions", permissionsOf(found)],
    ["Needs", needsOf(found)],
    [
      "Versions",
      found.versions.map(({ version, yanked }) => (yanked ? `${version} (withdrawn)` : version)).join(", "),
    ],
  ];
  const notes = [
    found.deprecated && `Deprecated: ${found.deprecated.message}${successorOf(found)}`,
    found.blocked &&
      `${found.blocked.message} (${found.blocked.rule}; ${found.blocked.changedBy.join(" or ")} can change it)`,
    ...found.advisories.map(({ id, summary }) => `Advisory ${id}: ${summary ?? "no summary"}`),
  ].filter((note) => note !== undefined && note !== "");
  return [`${plugin}: ${name}`, description, "", table(facts), ...notes].join("\n");
};

const proofOf = ({ publishedBy }: MarketplacePluginDto): string => {
  const domains = publishedBy?.proofs.flatMap(({ domain }) => domain ?? []) ?? [];
  return domains.length === 0 ? "" : ` (${domains.join(", ")})`;
};

const successorOf = ({ deprecated }: MarketplacePluginDto): string =>
  deprecated?.successor === undefined ? "" : ` (use ${deprecated.successor} instead)`;

const latestOf = ({ versions, latest }: MarketplacePluginDto) =>
  versions.find(({ version }) => version === latest)?.manifest;

/** What the latest version asks for; what it can do without is marked. */
const permissionsOf = (found: MarketplacePluginDto): string => {
  const { required = [], optional = [] } = latestOf(found)?.permissions ?? {};
  const named = (one: (typeof required)[number]) => {
    const { name, hosts } = normalizePermission(one);
    return hosts === undefined ? name : `${name} (${hosts.join(", ")})`;
  };
  const all = [...required.map(named), ...optional.map((one) => `${named(one)}, optional`)];
  return all.join("; ") || "none";
};

const needsOf = (found: MarketplacePluginDto): string => {
  const { engines, dependencies = {} } = latestOf(found) ?? {};
  const others = Object.entries(dependencies).map(([id, range]) => `${id} ${range}`);
  return [`Patchbay ${engines?.patchbay ?? "*"}`, ...others].join(", ");
};

const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_LIMIT}.`);
};
