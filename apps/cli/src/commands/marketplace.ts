import type { MarketplacePluginDto, MarketplaceQueryDto, MarketplaceStateDto } from "@patchbay/protocol";
import type { Command } from "commander";
import type { CommonOptions } from "../common-options.ts";
import { Output, table } from "../output.ts";
import { openClient } from "../session.ts";

type SearchOptions = CommonOptions & {
  readonly category?: MarketplaceQueryDto["category"];
  readonly badge?: MarketplaceQueryDto["badge"];
  readonly limit: string;
};

/** Looking around before anything is installed. */
export const addMarketplaceCommands = (plugin: Command): void => {
  plugin
    .command("search [words...]")
    .description("Search the marketplaces")
    .option("--category <category>", "ui, model, data, integration or utility")
    .option("--badge <badge>", "official, partner or community")
    .option("--limit <plugins>", "how many at most", "20")
    .action(async (words: string[], options: SearchOptions) => {
      const { category, badge } = options;
      const found = await (await openClient(options.org)).marketplace.search({
        q: words.join(" "),
        limit: Number(options.limit),
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
  deprecated?.successor === undefined ? "" : ` Use ${deprecated.successor} instead.`;

const permissionsOf = ({ versions, latest }: MarketplacePluginDto): string => {
  const manifest = versions.find(({ version }) => version === latest)?.manifest;
  const required = (manifest?.permissions?.required ?? []).map((one) =>
    typeof one === "string" ? one : one.name,
  );
  return required.length === 0 ? "none" : required.join(", ");
};
