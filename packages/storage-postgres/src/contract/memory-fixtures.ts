import { randomUUID } from "node:crypto";
import type { Installation, MemoryOwner, NewMemory } from "@patchbay/core";

export const NOW = new Date("2026-01-01T00:00:00Z");
/** Bounds that nothing of a test comes to. */
export const PLENTY = {
  now: NOW,
  entries: 1_000,
  bytes: 1_000_000,
  person: { entries: 1_000, bytes: 1_000_000 },
};
export const SPACES = { own: 10, person: 10, people: 10 };
export const OPEN = { all: 5, person: 5 };
export const BY = { kind: "plugin", name: "acme.notes" } as const;
export const MESSAGES = [{ id: "1", role: "user" as const, text: "Hi" }];

export const ownerOf = (
  { id, organizationId, pluginId, version }: Installation,
  person: string | null = null,
): MemoryOwner => ({ installationId: id, organizationId, pluginId, version, person });

export const memoryOf = (text: string, more: Partial<NewMemory> = {}): NewMemory => ({
  id: randomUUID(),
  text,
  metadata: {},
  citations: [],
  expiresAt: null,
  digest: text,
  sense: text.toLowerCase(),
  ...more,
});
