import type { RegistryListing, RegistryQuery, RegistrySearch } from "@patchbay/core";
import { type Kysely, type RawBuilder, sql } from "kysely";
import { badCursor, decodeCursor, encodeCursor } from "../cursor.ts";
import {
  COUNTED_EVERY_MS,
  MAX_COUNTED_PACKAGES,
  MAX_RANKED_PACKAGES,
  MAX_SEARCH_WORDS,
  MAX_SIMILAR_PACKAGES,
  MIN_NAME_SIMILARITY,
} from "../limits.ts";
import type { Row, Tables } from "../tables.ts";

export const LISTING_COLUMNS = [
  "pluginId",
  "publisher",
  "badge",
  "latest",
  "name",
  "description",
  "author",
  "category",
  "keywords",
  "license",
  "hasIcon",
  "installs",
  "deprecated",
  "createdAt",
  "updatedAt",
] as const;
type ListingRow = Pick<Row<"registryPackages">, (typeof LISTING_COLUMNS)[number]>;

const COLUMNS = sql.raw(
  "plugin_id, publisher, badge, latest, name, description, author, category, keywords, license, has_icon, installs, deprecated, created_at, updated_at",
);

interface Cell {
  readonly category: string;
  readonly badge: string;
  readonly count: string;
}

/**
 * Finds packages by words. Of very many that fit, the most popular are ranked, besides those that have the words in their
 * names: so the work for one search is bounded however many packages there are.
 */
export class RegistrySearcher {
  readonly #db: Kysely<Tables>;
  #all: { readonly at: number; readonly cells: Promise<readonly Cell[]> } | undefined;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async search(query: RegistryQuery): Promise<RegistrySearch> {
    const words = wordsOf(query.q ?? "");
    const [page, cells] = await Promise.all([
      words.length > 0 && query.sort === "relevance"
        ? this.#ranked(query, words)
        : this.#sorted(query, words),
      this.#count(query, words),
    ]);
    return { ...page, ...summarize(cells, query, page.items.length) };
  }

  /** By how well they fit; by likeness of names where next to nothing does. */
  async #ranked(query: RegistryQuery, words: readonly string[]) {
    const offset = query.cursor === undefined ? 0 : offsetOf(query.cursor);
    const text = (query.q ?? "").trim().toLowerCase();
    const matches = matchOf(words);
    const inNames = sql`to_tsquery('simple', ${beginningsOf(words)})`;
    const where = filterOf(query);
    const end = `${text}\u{10ffff}`;
    const { rows } = await sql<ListingRow>`
      with found as (
        (select plugin_id from registry_packages where words @@ ${matches} ${where}
          order by popularity desc, plugin_id desc limit ${MAX_RANKED_PACKAGES})
        union
        (select plugin_id from registry_packages where name_words @@ ${inNames} ${where}
          order by popularity desc, plugin_id desc limit ${MAX_RANKED_PACKAGES})
        union
        (select plugin_id from registry_packages where folded_name >= ${text} and folded_name < ${end} ${where}
          limit ${MAX_RANKED_PACKAGES})
        union
        (select plugin_id from registry_packages where plugin_id >= ${text} and plugin_id < ${end} ${where}
          limit ${MAX_RANKED_PACKAGES})
      )
      select ${COLUMNS} from registry_packages join found using (plugin_id)
      order by
        case when plugin_id = ${text} or folded_name = ${text} then 100
          when starts_with(folded_name, ${text}) or starts_with(plugin_id, ${text}) then 10 else 0 end
        + 8 * ts_rank('{0.05, 0.2, 0.4, 1}', words, ${matches}, 1) + 0.3 * popularity desc,
        plugin_id
      limit ${query.limit + 1} offset ${offset}
    `.execute(this.#db);
    if (rows.length === 0 && offset === 0) return { items: await this.#similar(query, text) };
    const hasMore = rows.length > query.limit;
    return {
      items: rows.slice(0, query.limit).map(toListing),
      ...(hasMore && { cursor: encodeCursor(JSON.stringify([offset + query.limit])) }),
    };
  }

  /** Those whose names are nearly what was asked for. */
  async #similar(query: RegistryQuery, text: string): Promise<RegistryListing[]> {
    return await this.#db.transaction().execute(async (db) => {
      await sql`select set_config('pg_trgm.word_similarity_threshold', ${String(MIN_NAME_SIMILARITY)}, true)`.execute(
        db,
      );
      const { rows } = await sql<ListingRow>`
        select ${COLUMNS} from registry_packages where ${text} <% names ${filterOf(query)}
        order by word_similarity(${text}, names) + 0.01 * popularity desc, plugin_id
        limit ${Math.min(query.limit, MAX_SIMILAR_PACKAGES)}
      `.execute(db);
      return rows.map(toListing);
    });
  }

  async #sorted(query: RegistryQuery, words: readonly string[]) {
    const column = sql.raw(SORT_COLUMNS[query.sort]);
    const type = sql.raw(SORT_TYPES[query.sort]);
    const matches = words.length > 0 ? sql`and words @@ ${matchOf(words)}` : sql``;
    const position = query.cursor === undefined ? null : positionOf(query.cursor);
    const after =
      position === null
        ? sql``
        : sql`and (${column}, plugin_id) < (${position[0]}::${type}, ${position[1]}::text)`;
    const { rows } = await sql<ListingRow & { readonly position: string }>`
      select ${COLUMNS}, ${column}::text as position from registry_packages
      where true ${matches} ${filterOf(query)} ${after}
      order by ${column} desc, plugin_id desc limit ${query.limit + 1}
    `.execute(this.#db);
    const last = rows[query.limit - 1];
    return {
      items: rows.slice(0, query.limit).map(toListing),
      ...(rows.length > query.limit &&
        last !== undefined && { cursor: encodeCursor(JSON.stringify([last.position, last.pluginId])) }),
    };
  }

  /** How many there are of each kind, whatever kinds were asked for. */
  async #count({ publisher }: RegistryQuery, words: readonly string[]): Promise<readonly Cell[]> {
    if (words.length === 0 && publisher === undefined) return await this.#countAll();
    const matches = words.length > 0 ? sql`and words @@ ${matchOf(words)}` : sql``;
    const { rows } = await sql<Cell>`
      select category, badge, count(*) as count
      from (
        select category, badge from registry_packages
        where ${publisher === undefined ? sql`true` : sql`publisher = ${publisher}`} ${matches}
        limit ${MAX_COUNTED_PACKAGES}
      ) as found
      group by category, badge
    `.execute(this.#db);
    return rows;
  }

  /** Of all packages, as of a few seconds ago: nobody needs it more exactly, and everybody who opens a marketplace asks. */
  async #countAll(): Promise<readonly Cell[]> {
    const now = performance.now();
    if (this.#all !== undefined && now - this.#all.at < COUNTED_EVERY_MS) return await this.#all.cells;
    const counted = sql<Cell>`
      select category, badge, count(*) as count from registry_packages group by category, badge`;
    const cells = counted.execute(this.#db).then(({ rows }) => rows);
    this.#all = { at: now, cells };
    cells.catch(() => {
      this.#all = undefined;
    });
    return await cells;
  }
}

const SORT_COLUMNS = { relevance: "popularity", installs: "installs", updated: "updated_at" } as const;
const SORT_TYPES = { relevance: "float8", installs: "bigint", updated: "timestamptz" } as const;
const POSITION_FORMS = /^(-?\d+(\.\d+)?(e[+-]?\d+)?|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?)$/;

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_SEARCH_WORDS);

const beginningsOf = (words: readonly string[]): string => words.map((word) => `${word}:*`).join(" & ");

/** Packages with words that begin so, or that have the same stems. */
const matchOf = (words: readonly string[]): RawBuilder<unknown> =>
  sql`(to_tsquery('simple', ${beginningsOf(words)}) || to_tsquery('english', ${words.join(" & ")}))`;

const filterOf = ({ category, badge, publisher }: RegistryQuery): RawBuilder<unknown> => sql`
  ${category === undefined ? sql`` : sql`and category = ${category}`}
  ${badge === undefined ? sql`` : sql`and badge = ${badge}`}
  ${publisher === undefined ? sql`` : sql`and publisher = ${publisher}`}`;

const summarize = (cells: readonly Cell[], { category, badge }: RegistryQuery, shown: number) => {
  const facets = { category: {} as Record<string, number>, badge: {} as Record<string, number> };
  let total = 0;
  for (const cell of cells) {
    const count = Number(cell.count);
    const isOfCategory = category === undefined || cell.category === category;
    const isOfBadge = badge === undefined || cell.badge === badge;
    if (isOfBadge) facets.category[cell.category] = (facets.category[cell.category] ?? 0) + count;
    if (isOfCategory) facets.badge[cell.badge] = (facets.badge[cell.badge] ?? 0) + count;
    if (isOfBadge && isOfCategory) total += count;
  }
  return { total: Math.max(total, shown), facets };
};

const parseCursor = (cursor: string): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(decodeCursor(cursor));
    if (Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badCursor("invalid_request");
};

const offsetOf = (cursor: string): number => {
  const [offset, ...rest] = parseCursor(cursor);
  if (rest.length === 0 && Number.isSafeInteger(offset) && (offset as number) > 0) return offset as number;
  throw badCursor("invalid_request");
};

const positionOf = (cursor: string): readonly [string, string] => {
  const [position, plugin, ...rest] = parseCursor(cursor);
  if (
    rest.length === 0 &&
    typeof plugin === "string" &&
    typeof position === "string" &&
    POSITION_FORMS.test(position)
  )
    return [position, plugin];
  throw badCursor("invalid_request");
};

export const toListing = ({ pluginId, installs, ...row }: ListingRow): RegistryListing => {
  const { publisher, badge, latest, name, description, author, category } = row;
  const { keywords, license, hasIcon, deprecated, createdAt, updatedAt } = row;
  return {
    plugin: pluginId,
    publisher,
    badge,
    latest,
    name,
    description,
    author,
    category,
    keywords,
    license,
    hasIcon,
    deprecated,
    createdAt,
    updatedAt,
    installs: Number(installs),
  };
};
