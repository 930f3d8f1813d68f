import type { MemoryWithHistoryDto } from "@patchbay/protocol";

type MemoryState = NonNullable<MemoryWithHistoryDto["history"][number]["before"]>;

/** What a memory consists of, in the order in which it is told. */
const FIELDS = [
  "text",
  "expiresAt",
  "metadata",
  "citations",
] as const satisfies readonly (keyof MemoryState)[];

/** What one step of a memory's history has changed. */
export const changedFields = (before: MemoryState, after: MemoryState): readonly (keyof MemoryState)[] =>
  FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
