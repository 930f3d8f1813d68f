import type {
  ExtractedMessage,
  ExtractionReport,
  MemoryChange,
  MemoryCitation,
  MemoryExtraction,
} from "@patchbay/protocol";
import type { ColumnType, Generated } from "kysely";
import type { Counter, CreatedAt, Json, JsonOrNull } from "./columns.ts";

interface MemorySpaces {
  id: string;
  installationId: string;
  organizationId: string;
  /** null: the plugin's own. */
  userId: string | null;
  name: string;
  entries: Generated<number>;
  bytes: Generated<string>;
  revision: Generated<string>;
  createdAt: CreatedAt;
}

interface Memories {
  place: Counter;
  id: string;
  spaceId: string;
  text: string;
  metadata: Json<Readonly<Record<string, unknown>>>;
  citations: Json<readonly MemoryCitation[]>;
  digest: string;
  sense: string;
  expiresAt: Date | null;
  model: string | null;
  /** As `packages/models` packs it; empty where the model can say nothing. */
  vector: Buffer | null;
  revision: string;
  bytes: number;
  createdAt: ColumnType<Date, Date | undefined, never>;
  updatedAt: ColumnType<Date, Date | undefined, Date>;
  words: ColumnType<string, never, never>;
}

/** What a memory said, as it is written down: times as texts. */
export interface RecordedContent {
  text: string;
  metadata: Readonly<Record<string, unknown>>;
  citations: readonly MemoryCitation[];
  expiresAt: string | null;
}

interface MemoryChanges {
  number: Counter;
  spaceId: string;
  memoryId: string;
  place: string;
  revision: string;
  change: string;
  kind: MemoryChange["kind"];
  by: Json<MemoryChange["by"]>;
  before: JsonOrNull<RecordedContent>;
  after: JsonOrNull<RecordedContent>;
  /** Of before and after, as they are written. */
  bytes: number;
  at: CreatedAt;
}

interface MemoryExtractions {
  id: string;
  installationId: string;
  spaceId: string;
  model: string | null;
  project: string | null;
  userId: string | null;
  apiKeyId: string | null;
  messages: JsonOrNull<readonly ExtractedMessage[]>;
  state: Generated<MemoryExtraction["state"]>;
  attempts: Generated<number>;
  report: JsonOrNull<ExtractionReport>;
  error: JsonOrNull<NonNullable<MemoryExtraction["error"]>>;
  createdAt: CreatedAt;
  touchedAt: ColumnType<Date, never, Date>;
  endedAt: ColumnType<Date | null, never, Date>;
}

/** What plugins keep in mind. */
export interface MemoryTables {
  memorySpaces: MemorySpaces;
  memories: Memories;
  memoryChanges: MemoryChanges;
  memoryExtractions: MemoryExtractions;
}
