import type { FoundByWords, MemoryFilter, Unembedded, VectorChanges } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import { atomically } from "../connection.ts";
import { MAX_MEMORIES_OF_A_WORD, MAX_SEARCHED_WORDS } from "../limits.ts";
import type { Tables } from "../tables.ts";
import { passes } from "./memory-rows.ts";
import { nextRevision } from "./postgres-memory-writer.ts";

/**
 * A question's words by the roots that English gives them; by the words themselves where English leaves nothing of them. Each word
 * weighs more the fewer memories have it, and of those that have a frequent one only so many are looked at.
 */
export const findByWords = async (
  db: Kysely<Tables>,
  spaceIds: readonly string[],
  query: string,
  filter: MemoryFilter,
  limit: number,
): Promise<readonly FoundByWords[]> => {
  const { rows } = await sql<{ place: string; share: number }>`
    with roots as (select unnest(tsvector_to_array(to_tsvector('english', ${query}))) as word),
    wanted as (
      select word from (
        select word from roots
        union
        select unnest(tsvector_to_array(to_tsvector('simple', ${query}))) where not exists (select from roots)
      ) as words order by length(word) desc, word limit ${MAX_SEARCHED_WORDS}
    ),
    total as (select sum(entries) as entries from memory_spaces where id = any(${spaceIds}::text[])),
    found as (
      select wanted.word, hit.place
      from wanted cross join lateral (
        select place from memories
        where space_id = any(${spaceIds}::text[]) and words @@ ${lexeme(sql`wanted.word`)}
          and ${passes("memories", filter)}
        limit ${MAX_MEMORIES_OF_A_WORD}
      ) as hit
    ),
    weighed as (
      select word, ln(1 + (select entries from total) / greatest(count(found.place), 1)) as weight
      from wanted left join found using (word) group by word
    )
    select place, (sum(weight) / nullif((select sum(weight) from weighed), 0))::float8 as share
    from found join weighed using (word)
    group by place order by share desc, place desc limit ${limit}
  `.execute(db);
  return rows.map(({ place, share }) => ({ place: Number(place), share: share ?? 0 }));
};

/** A word as what is searched for, whatever signs it has. */
const lexeme = (word: ReturnType<typeof sql>) =>
  sql`('''' || replace(replace(${word}, '\\', '\\\\'), '''', '''''') || '''')::tsquery`;

export const vectorsSince = async (
  db: Kysely<Tables>,
  spaceId: string,
  model: string,
  { revision, after, limit }: { readonly revision: number; readonly after: number; readonly limit: number },
): Promise<VectorChanges> => {
  // First how far it goes: what is changed after that is read now, and once more the next time.
  const space = await db
    .selectFrom("memorySpaces")
    .select("revision")
    .where("id", "=", spaceId)
    .executeTakeFirst();
  const now = Number(space?.revision ?? 0);
  if (now === revision) return { revision, changed: [], gone: [], isLast: true };
  const changed = await db
    .selectFrom("memories")
    .select(["place", sql<Buffer | null>`case when model = ${model} then vector end`.as("vector")])
    .where("spaceId", "=", spaceId)
    .where("revision", ">", String(revision))
    .where("place", ">", String(after))
    .orderBy("place")
    .limit(limit)
    .execute();
  const gone =
    revision === 0 || after !== 0
      ? []
      : await db
          .selectFrom("memoryChanges")
          .select("place")
          .where("spaceId", "=", spaceId)
          .where("revision", ">", String(revision))
          .where("after", "is", null)
          .execute();
  return {
    revision: now,
    changed: changed.map(({ place, vector }) => ({ place: Number(place), vector })),
    gone: gone.map(({ place }) => Number(place)),
    isLast: changed.length < limit,
  };
};

/** Three ranges of an index, since "another one" is none. */
export const listUnembedded = async (
  db: Kysely<Tables>,
  spaceId: string,
  model: string,
  limit: number,
): Promise<readonly Unembedded[]> => {
  const of = (condition: ReturnType<typeof sql>) =>
    sql`(select id, digest, text from memories where space_id = ${spaceId} and ${condition} limit ${limit})`;
  const { rows } = await sql<Unembedded>`
    ${of(sql`model is null`)} union all ${of(sql`model < ${model}`)} union all ${of(sql`model > ${model}`)}
    limit ${limit}
  `.execute(db);
  return rows;
};

export const putVectors = async (
  db: Kysely<Tables>,
  spaceId: string,
  model: string,
  vectors: readonly { readonly id: string; readonly digest: string; readonly vector: Uint8Array }[],
): Promise<void> => {
  await atomically(db, async (transaction) => {
    const { revision } = await nextRevision(transaction, spaceId);
    await sql`
      update memories set model = ${model}, vector = given.vector, revision = ${revision}::bigint
      from unnest(
        ${vectors.map(({ id }) => id)}::text[], ${vectors.map(({ digest }) => digest)}::text[],
        ${vectors.map(({ vector }) => Buffer.from(vector))}::bytea[]
      ) as given (id, digest, vector)
      where memories.space_id = ${spaceId} and memories.id = given.id and memories.digest = given.digest
    `.execute(transaction);
  });
};

/** Empty ones as well: the model that had nothing to say about a text was another one. */
export const dropVectors = async (
  db: Kysely<Tables>,
  spaceId: string,
  model: string,
  { bytes, limit }: { readonly bytes: number; readonly limit: number },
): Promise<void> => {
  await atomically(db, async (transaction) => {
    const { revision } = await nextRevision(transaction, spaceId);
    await sql`
      update memories set model = null, vector = null, revision = ${revision}::bigint
      where place in (
        select place from memories
        where space_id = ${spaceId} and model = ${model} and octet_length(vector) <> ${bytes} limit ${limit}
      )
    `.execute(transaction);
  });
};
