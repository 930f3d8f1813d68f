import { expect, it } from "vitest";
import type { Sight } from "../../access/sight.ts";
import type { AuditEvent } from "../../ports/audit-store.ts";
import { seenHistory } from "./seen-history.ts";

const event = (detail: Record<string, unknown>) => ({ action: "x", detail }) as unknown as AuditEvent;
const NORTH = { projects: new Set(["north"]) } as unknown as Sight;
const shown = (...details: Record<string, unknown>[]) =>
  seenHistory(NORTH, details.map(event), (plugin) => plugin === "acme.seen").map(({ detail }) => detail);

it("leaves out of a plugin's history what happened in projects that somebody does not see", () => {
  expect(shown({ project: "south", keys: ["a"] }, { project: "north" }, { project: null })).toEqual([
    { project: "north" },
    { project: null },
  ]);
});

it("does not name hidden plugins for which it was installed", () => {
  expect(shown({ alongWith: "acme.hidden", version: "1.0.0" }, { alongWith: "acme.seen" })).toEqual([
    { version: "1.0.0" },
    { alongWith: "acme.seen" },
  ]);
});
