import {
  isJsonObject,
  MAX_MEMORY_METADATA_BYTES,
  MAX_MEMORY_TEXT_BYTES,
  type MemoryChangeBody,
  type MemoryEntryDto,
} from "@patchbay/protocol";
import { type ReadJson, readJson } from "../../../components/schema-form/json-text.ts";
import { jsonOfMetadata } from "./memory-text.ts";

/** A memory as it is edited. */
export interface MemoryDraft {
  readonly text: string;
  /** As `datetime-local` has it, in the time zone of the person; empty: it stays for good. */
  readonly expiresAt: string;
  /** JSON. */
  readonly metadata: string;
}

/** What is wrong with a field. */
export type DraftFault =
  | { readonly kind: "noText" | "noTime" | "past" | "noObject" }
  | { readonly kind: "textTooLong" | "metadataTooLong"; readonly bytes: number; readonly most: number }
  | { readonly kind: NonNullable<ReadJson["fault"]>; readonly number: string };

export type DraftFaults = Partial<Readonly<Record<keyof MemoryDraft, DraftFault>>>;

export const draftOf = ({
  text,
  expiresAt,
  metadata,
}: Pick<MemoryEntryDto, "text" | "expiresAt" | "metadata">): MemoryDraft => ({
  text,
  expiresAt: expiresAt === null ? "" : localTime(expiresAt),
  metadata: jsonOfMetadata(metadata),
});

/** What is to be changed: that alone which differs from what is saved, as the rest may be kept in ways that no field shows. */
export const readDraft = (
  draft: MemoryDraft,
  saved: MemoryDraft,
  now: Date,
): { readonly change: MemoryChangeBody; readonly faults: DraftFaults } => {
  const change: MemoryChangeBody = {};
  const faults: { -readonly [Field in keyof DraftFaults]: DraftFault } = {};
  if (draft.text !== saved.text) {
    const fault = faultOfText(draft.text);
    if (fault === null) change.text = draft.text;
    else faults.text = fault;
  }
  if (draft.expiresAt !== saved.expiresAt) {
    const time = draft.expiresAt === "" ? null : new Date(draft.expiresAt);
    const fault = time === null ? null : faultOfTime(time, now);
    if (fault === null) change.expiresAt = time?.toISOString() ?? null;
    else faults.expiresAt = fault;
  }
  if (draft.metadata !== saved.metadata) {
    const read = readMetadata(draft.metadata);
    if ("kind" in read) faults.metadata = read;
    else change.metadata = read.metadata;
  }
  return { change, faults };
};

const faultOfText = (text: string): DraftFault | null => {
  if (text.trim() === "") return { kind: "noText" };
  const bytes = bytesOf(text.trim());
  return bytes > MAX_MEMORY_TEXT_BYTES ? { kind: "textTooLong", bytes, most: MAX_MEMORY_TEXT_BYTES } : null;
};

const faultOfTime = (time: Date, now: Date): DraftFault | null => {
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > LAST_YEAR) return { kind: "noTime" };
  return time <= now ? { kind: "past" } : null;
};

const readMetadata = (text: string): DraftFault | { readonly metadata: Record<string, unknown> } => {
  const read = readJson(text);
  if (read.fault !== null) return { kind: read.fault, number: read.number };
  // Nothing is no metadata.
  const value = read.value === undefined ? {} : read.value;
  if (!isJsonObject(value)) return { kind: "noObject" };
  const bytes = bytesOf(JSON.stringify(value));
  if (bytes > MAX_MEMORY_METADATA_BYTES)
    return { kind: "metadataTooLong", bytes, most: MAX_MEMORY_METADATA_BYTES };
  return { metadata: value };
};

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** RFC 3339 has four digits for a year. */
const LAST_YEAR = 9_999;
const MINUTE_LENGTH = "2027-01-31T12:00".length;
const SECOND_LENGTH = MINUTE_LENGTH + ":00".length;
const MINUTE_MS = 60_000;

/** A time of the server where the person lives; with seconds where it has some. */
const localTime = (at: string): string => {
  const time = new Date(at);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString();
  return local.slice(0, time.getTime() % MINUTE_MS < 1_000 ? MINUTE_LENGTH : SECOND_LENGTH);
};
