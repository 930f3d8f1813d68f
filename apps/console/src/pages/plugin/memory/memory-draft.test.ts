import { describe, expect, it } from "vitest";
import { draftOf, type MemoryDraft, readDraft } from "./memory-draft.ts";

const NOW = new Date("2027-01-01T00:00:00Z");
const saved = draftOf({ text: "The rent rises.", expiresAt: null, metadata: { of: "ada" } });
const read = (part: Partial<MemoryDraft>) => readDraft({ ...saved, ...part }, saved, NOW);

describe("a memory that is edited", () => {
  it("changes nothing but what was changed of it", () => {
    expect(read({})).toEqual({ change: {}, faults: {} });
    expect(read({ text: "The rent falls." })).toEqual({ change: { text: "The rent falls." }, faults: {} });
    expect(read({ metadata: '{"of": "max"}' }).change).toEqual({ metadata: { of: "max" } });
    expect(read({ metadata: " " }).change).toEqual({ metadata: {} });
  });

  it("has its expiry in the time of the person, to the second where there are some", () => {
    const local = (expiresAt: string) => draftOf({ text: "x", expiresAt, metadata: {} }).expiresAt;
    for (const at of ["2027-06-30T10:00:00.000Z", "2027-12-31T23:59:30.000Z"])
      expect(new Date(local(at)).toISOString()).toBe(at);
    expect(local("2027-06-30T10:00:00.000Z")).toHaveLength("2027-06-30T10:00".length);
    expect(local("2027-06-30T10:00:30.000Z")).toHaveLength("2027-06-30T10:00:30".length);
    const at = "2027-06-30T10:00:00.000Z";
    expect(read({ expiresAt: local(at) }).change).toEqual({ expiresAt: at });
    const expiring = { ...saved, expiresAt: local(at) };
    expect(readDraft({ ...expiring, expiresAt: "" }, expiring, NOW).change).toEqual({ expiresAt: null });
    // What has expired meanwhile and was left alone is no fault of the person.
    expect(readDraft(expiring, expiring, new Date("2028-01-01")).faults).toEqual({});
  });

  it.each([
    [{ text: " \n" }, { text: { kind: "noText" } }],
    [{ text: "ä".repeat(4_097) }, { text: { kind: "textTooLong", bytes: 8_194, most: 8_192 } }],
    [{ expiresAt: "soon" }, { expiresAt: { kind: "noTime" } }],
    [{ expiresAt: "+010000-01-02T00:00" }, { expiresAt: { kind: "noTime" } }],
    [{ expiresAt: "2026-01-01T00:00" }, { expiresAt: { kind: "past" } }],
    [{ metadata: "{of: ada}" }, { metadata: { kind: "notJson", number: "" } }],
    [
      { metadata: '{"id": 12345678901234567890}' },
      { metadata: { kind: "jsonInexact", number: "12345678901234567890" } },
    ],
    [{ metadata: "[1]" }, { metadata: { kind: "noObject" } }],
    [{ metadata: "null" }, { metadata: { kind: "noObject" } }],
    [
      { metadata: JSON.stringify({ a: "x".repeat(4_089) }) },
      { metadata: { kind: "metadataTooLong", bytes: 4_097, most: 4_096 } },
    ],
  ])("says at the field what is wrong with %j", (part, faults) => {
    expect(read(part)).toEqual({ change: {}, faults });
  });
});
