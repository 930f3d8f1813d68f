import type { Memory, MemoryContent, MemoryFilter, MemorySpace, RecordedChange } from "@patchbay/core";
import { type Kysely, sql } from "kysely";
import type { RecordedContent } from "../tables/memory.ts";
import type { Row, Tables } from "../tables.ts";

/** All of a memory but what it is found by. */
const MEMORY_COLUMNS = [
  "place",
  "id",
  "spaceId",
  "text",
  "metadata",
  "citations",
  "expiresAt",
  "createdAt",
  "updatedAt",
] as const;

/** Those of some namespaces that the filter lets through. */
export const memoriesOf = (
  db: Kysely<Tables>,
  spaceIds: readonly string[],
  { now, metadata }: MemoryFilter,
) => {
  const found = db
    .selectFrom("memories")
    .select(MEMORY_COLUMNS)
    .where("spaceId", "in", spaceIds)
    .where(notExpired(now));
  return metadata === undefined ? found : found.where(hasMetadata(metadata));
};

const notExpired = (now: Date) => sql<boolean>`(expires_at is null or expires_at > ${now})`;

const hasMetadata = (metadata: Readonly<Record<string, unknown>>) =>
  sql<boolean>`metadata @> ${JSON.stringify(metadata)}::jsonb`;

/** The same as a condition in plain SQL, on a table or its alias. */
export const passes = (table: string, { now, metadata }: MemoryFilter) => {
  const of = sql.raw(table);
  const filter =
    metadata === undefined ? sql`` : sql`and ${of}.metadata @> ${JSON.stringify(metadata)}::jsonb`;
  return sql`(${of}.expires_at is null or ${of}.expires_at > ${now}) ${filter}`;
};

export const toMemory = ({
  place,
  id,
  spaceId,
  text,
  metadata,
  citations,
  expiresAt,
  createdAt,
  updatedAt,
}: Pick<Row<"memories">, (typeof MEMORY_COLUMNS)[number]>): Memory => ({
  place: Number(place),
  id,
  spaceId,
  text,
  metadata,
  citations,
  expiresAt,
  createdAt,
  updatedAt,
});

export const toSpace = ({
  bytes: _bytes,
  organizationId: _organizationId,
  revision,
  ...space
}: Row<"memorySpaces">): MemorySpace => ({ ...space, revision: Number(revision) });

export const toChange = ({
  change,
  kind,
  by,
  memoryId,
  at,
  before,
  after,
}: Row<"memoryChanges">): RecordedChange => ({
  change,
  kind,
  by,
  memoryId,
  at,
  before: before && contentOf(before),
  after: after && contentOf(after),
});

const contentOf = ({ expiresAt, ...content }: RecordedContent): MemoryContent => ({
  ...content,
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
});

export const recordedOf = ({ text, metadata, citations, expiresAt }: MemoryContent): string =>
  JSON.stringify({
    text,
    metadata,
    citations,
    expiresAt: expiresAt?.toISOString() ?? null,
  } satisfies RecordedContent);
