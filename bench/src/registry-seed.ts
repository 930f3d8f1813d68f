import { PostgresDatabase } from "@patchbay/storage-postgres";
import { startEmbeddedPostgres } from "@patchbay/storage-postgres/embedded";
import pg from "pg";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BATCH = 5_000;
const VOCABULARY = 3_000;
const DESCRIPTION_WORDS = 18;
const CATEGORIES = ["ui", "model", "data", "integration", "utility"];
const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu bra cle dri flo gru".split(
  " ",
);

/** A generator that gives the same numbers every time. */
const generator = (seed: number) => {
  let state = seed;
  return (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
};

/** Words as languages have them: few that are everywhere, many that are rare. */
export const vocabulary = (): readonly string[] => {
  const next = generator(7);
  const words = new Set<string>(["weather", "calendar", "tickets", "search", "report"]);
  while (words.size < VOCABULARY)
    words.add(Array.from({ length: 2 + next(3) }, () => SYLLABLES[next(SYLLABLES.length)]).join(""));
  return [...words];
};

/** Fills a registry with packages that all have the same bytes, before a server starts on the folder. */
export const seedRegistry = async (
  dataDir: string,
  count: number,
  artifact: { digest: string; sizeBytes: number },
) => {
  const embedded = await startEmbeddedPostgres({ dataDir, log: SILENT });
  try {
    // Makes the tables.
    await (await PostgresDatabase.connect(embedded.connection, SILENT)).close();
    const client = new pg.Client(embedded.connection);
    await client.connect();
    try {
      for (let first = 0; first < count; first += BATCH) {
        const rows = JSON.stringify(rowsOf(first, Math.min(BATCH, count - first)));
        await client.query(INSERT, [rows, artifact.digest, artifact.sizeBytes]);
      }
      await client.query("vacuum analyze");
    } finally {
      await client.end();
    }
  } finally {
    await embedded.stop();
  }
};

const rowsOf = (first: number, count: number) => {
  const words = vocabulary();
  return Array.from({ length: count }, (_, offset) => {
    const index = first + offset;
    const next = generator(index * 2_654_435_761);
    // The square makes the first words common.
    const word = () => words[Math.floor((next(1_000_000) / 1_000_000) ** 2 * words.length)] ?? "word";
    const name = `${word()} ${word()}`;
    return {
      id: `p${index % 2_000}.${name.replaceAll(" ", "-")}-${index}`,
      publisher: `p${index % 2_000}`,
      name,
      description: Array.from({ length: DESCRIPTION_WORDS }, word).join(" "),
      category: CATEGORIES[next(CATEGORIES.length)],
      badge: next(100) === 0 ? "official" : next(20) === 0 ? "partner" : "community",
      installs: Math.floor(10 ** ((next(1_000) / 1_000) * 6)),
      keywords: [word(), word()],
    };
  });
};

const INSERT = `
  with given as (
    select * from json_to_recordset($1::json) as given (
      id text, publisher text, name text, description text, category text, badge text, installs bigint, keywords json)
  ), publishers as (
    insert into registry_publishers (publisher, name, challenge, proofs)
    select publisher, publisher, 'c', '[]'::json from given group by publisher on conflict do nothing
  ), packages as (
    insert into registry_packages (plugin_id, publisher, badge, latest, name, description, author, category, keywords, has_icon,
      installs, search_keywords)
    select id, publisher, badge, '1.0.0', name, description, '{"name":"Bench"}', category, keywords, false, installs,
      keywords->>0 || ' ' || (keywords->>1) || ' Bench' from given
  )
  insert into registry_versions (plugin_id, version, version_key, prerelease, digest, size_bytes, manifest)
  select id, '1.0.0', '001100100101', false, $2, $3, json_build_object('id', id, 'name', name, 'version', '1.0.0',
    'description', description, 'author', json_build_object('name', 'Bench'), 'category', category,
    'engines', json_build_object('patchbay', '^1.0.0')) from given`;
