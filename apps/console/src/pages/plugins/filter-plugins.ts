import type { InstallationDto } from "@patchbay/protocol";
import type { PluginsSearch, Sort } from "./plugins-search.ts";

type Words = (plugin: InstallationDto) => readonly string[];

export interface Filter extends Pick<PluginsSearch, "q" | "category" | "sort"> {
  /** Slug; only what applies there is kept. */
  readonly project?: string | undefined;
}

/** In lower case, without accents: what people type is compared with what stands there. */
const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase();

const searched = ({ plugin, name, description, author, category, keywords }: InstallationDto): string[] => [
  plugin,
  name,
  description,
  author.name,
  category,
  ...keywords,
];

/**
 * The plugins in which every word of `q` occurs (in name, description, author, category or keyword), sorted. `alsoIn` gives further
 * words of a plugin, such as its category in the reader's language.
 */
export const filterPlugins = (
  plugins: readonly InstallationDto[],
  { q = "", category, sort = "name", project }: Filter,
  alsoIn: Words = () => [],
): InstallationDto[] => {
  const words = plain(q)
    .split(/\s+/)
    .filter((word) => word !== "");
  return plugins
    .filter((one) => category === undefined || one.category === category)
    .filter((one) => project === undefined || appliesIn(one, project))
    .filter((one) => {
      if (words.length === 0) return true;
      const all = plain([...searched(one), ...alsoIn(one)].join("\n"));
      return words.every((word) => all.includes(word));
    })
    .sort(ORDER[sort]);
};

export const appliesIn = ({ scope: { projects } }: InstallationDto, project: string): boolean =>
  projects === "all" || projects.includes(project);

/** Whether it applies there and nowhere else. */
export const isOnlyIn = ({ scope: { projects } }: InstallationDto, project: string): boolean =>
  projects !== "all" && projects.length === 1 && projects[0] === project;

type Order = (a: InstallationDto, b: InstallationDto) => number;
const byName: Order = (a, b) => compare(a.name, b.name) || compare(a.plugin, b.plugin);
const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
const compare = (a: string, b: string): number => collator.compare(a, b);

const ORDER: Readonly<Record<Sort, Order>> = {
  name: byName,
  updated: (a, b) => b.updatedAt.localeCompare(a.updatedAt) || byName(a, b),
  calls: (a, b) => b.health.calls - a.health.calls || byName(a, b),
  errors: (a, b) => b.health.errors - a.health.errors || byName(a, b),
};
