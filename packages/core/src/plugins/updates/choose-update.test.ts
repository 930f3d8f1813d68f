import type { OsvDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import {
  type AutoUpdateRules,
  DEFAULT_AUTO_UPDATE,
  isOpen,
  type UpdateWindow,
} from "../../model/auto-update-rules.ts";
import { type Candidate, type ChoiceParts, chooseUpdate } from "./choose-update.ts";

const NOW = new Date("2026-11-18T12:00:00Z"); // a Wednesday
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 3_600_000);
const version = (name: string, days = 30, more: Partial<Candidate> = {}): Candidate => ({
  version: name,
  publishedAt: daysAgo(days),
  isYanked: false,
  blocked: null,
  hindrance: null,
  ...more,
});
const advisory = (id: string, introduced: string, fixed: string): OsvDto => ({
  id,
  modified: "2026-11-01T00:00:00Z",
  affected: [
    {
      package: { ecosystem: "Patchbay", name: "acme.weather" },
      ranges: [{ type: "SEMVER", events: [{ introduced }, { fixed }] }],
    },
  ],
});
const choose = (rules: Partial<AutoUpdateRules>, parts: Partial<ChoiceParts> = {}) =>
  chooseUpdate({
    pluginId: "acme.weather",
    installed: "1.2.0",
    advisories: [],
    failure: null,
    now: NOW,
    candidates: ["1.1.9", "1.2.0", "1.2.1", "1.2.5", "1.3.0", "2.0.0", "3.0.0-beta.1"].map((one) =>
      version(one),
    ),
    takenBack: null,
    rules: { ...DEFAULT_AUTO_UPDATE, ...rules },
    ...parts,
  });
const NIGHT: UpdateWindow = { days: ["mon", "tue"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" };

describe("the version that a plugin goes over to by itself", () => {
  it("is none with the strategy off, the newest with all, the newest of the same minor with patch", () => {
    expect(choose({})).toBeNull();
    expect(choose({ strategy: "all" })).toMatchObject({ version: "2.0.0", reason: "all", waitsFor: null });
    expect(choose({ strategy: "patch" })).toMatchObject({ version: "1.2.5", reason: "patch" });
    expect(choose({ strategy: "security" })).toBeNull();
  });

  it("is with security the lowest that mends every advisory on the installed version, and only then one", () => {
    const advisories = [advisory("PB-1", "1.0.0", "1.2.1"), advisory("PB-2", "1.2.0", "1.3.0")];
    expect(choose({ strategy: "security" }, { advisories })).toMatchObject({
      version: "1.3.0",
      reason: "security",
      mends: ["PB-1", "PB-2"],
    });
    expect(choose({ strategy: "security" }, { advisories: [advisory("PB-3", "0", "1.2.0")] })).toBeNull();
    expect(choose({ strategy: "security" }, { advisories: [advisory("PB-4", "1.0.0", "9.0.0")] })).toBeNull();
    expect(choose({ strategy: "patch" }, { advisories })).toMatchObject({
      version: "1.3.0",
      reason: "security",
    });
    expect(choose({ strategy: "all" }, { advisories })).toMatchObject({
      version: "2.0.0",
      reason: "security",
    });
  });

  it("is for included plugins that are not excluded, unless the plugin has a rule of its own", () => {
    const rules = { strategy: "all", include: ["acme.*"], exclude: ["acme.weather"] } as const;
    expect(choose(rules)).toBeNull();
    expect(choose({ ...rules, exclude: [] })).toMatchObject({ version: "2.0.0" });
    expect(choose({ ...rules, include: ["other.*"], exclude: [] })).toBeNull();
    expect(choose({ ...rules, plugins: { "acme.weather": { strategy: "patch" } } })).toMatchObject({
      version: "1.2.5",
    });
  });

  it("has been out long enough, or is an exception, or mends an advisory", () => {
    const candidates = [version("1.3.0", 10), version("2.0.0", 1)];
    expect(choose({ strategy: "all" }, { candidates })).toMatchObject({ version: "1.3.0", waitsFor: null });
    const fresh = { candidates: [version("2.0.0", 1)] };
    expect(choose({ strategy: "all" }, fresh)).toMatchObject({
      waitsFor: "age",
      from: new Date("2026-11-20T12:00:00Z"),
    });
    expect(choose({ strategy: "all", ageExceptions: ["acme.*"] }, fresh)).toMatchObject({ waitsFor: null });
    const mended = { ...fresh, advisories: [advisory("PB-1", "1.0.0", "2.0.0")] };
    expect(choose({ strategy: "security" }, mended)).toMatchObject({ version: "2.0.0", waitsFor: null });
    expect(choose({ strategy: "security", securityAtOnce: false }, mended)).toMatchObject({
      waitsFor: "age",
    });
  });

  it("waits for the window, unless it mends an advisory", () => {
    expect(choose({ strategy: "all", window: NIGHT })).toMatchObject({
      version: "2.0.0",
      waitsFor: "window",
    });
    const advisories = [advisory("PB-1", "1.0.0", "1.2.1")];
    expect(choose({ strategy: "security", window: NIGHT }, { advisories })).toMatchObject({ waitsFor: null });
  });

  it("is neither yanked nor blocked nor beyond the pin nor a pre-release that nobody asked for", () => {
    const candidates = [
      version("1.2.1"),
      version("1.3.0", 30, { isYanked: true }),
      version("1.4.0", 30, { blocked: "Steals tokens." }),
      version("2.0.0"),
    ];
    const pinned = { strategy: "all", plugins: { "acme.weather": { pin: "^1.0.0" } } } as const;
    expect(choose(pinned, { candidates })).toMatchObject({ version: "1.2.1" });
    expect(choose({ ...pinned, plugins: { "acme.weather": { pin: "1.2.0" } } }, { candidates })).toBeNull();
    expect(choose({ strategy: "all" }, { installed: "3.0.0-beta.0" })).toMatchObject({
      version: "3.0.0-beta.1",
    });
    expect(choose({ strategy: "all" }, { installed: "2.0.0" })).toBeNull();
  });

  it("is rather an older one than one that somebody has to do something for first", () => {
    const hindrance = { waitsFor: "permissions", message: "It asks for net.fetch." } as const;
    const candidates = [version("1.3.0"), version("2.0.0", 30, { hindrance })];
    expect(choose({ strategy: "all" }, { candidates })).toMatchObject({ version: "1.3.0", waitsFor: null });
    const only = choose({ strategy: "all" }, { candidates: candidates.slice(1) });
    expect(only).toMatchObject({ version: "2.0.0", ...hindrance });
  });

  it("is not one that failed, nor an older one", () => {
    const failure = {
      version: "2.0.0",
      code: "activation_failed",
      message: "It did not start.",
      failedAt: NOW,
    };
    expect(choose({ strategy: "all" }, { failure })).toMatchObject({ waitsFor: "failed" });
    const candidates = [version("2.0.0"), version("2.0.1")];
    expect(choose({ strategy: "all" }, { failure, candidates })).toMatchObject({
      version: "2.0.1",
      waitsFor: null,
    });
  });
});

describe("a window for updates", () => {
  it.each([
    ["2026-11-16T20:59:00Z", false], // Monday, 21:59 in Berlin
    ["2026-11-16T21:00:00Z", true],
    ["2026-11-17T02:59:00Z", true], // the night goes on
    ["2026-11-17T03:00:00Z", false],
    ["2026-11-18T01:00:00Z", true], // Tuesday's night
    ["2026-11-18T21:30:00Z", false], // Wednesday is no day of it
    ["2026-07-20T20:30:00Z", true], // summer time
  ])("at %s is open: %s", (time, open) => {
    expect(isOpen(NIGHT, new Date(time))).toBe(open);
  });

  it("within one day ends on that day", () => {
    const noon: UpdateWindow = { days: ["wed"], from: "11:00", to: "13:00", timeZone: "UTC" };
    expect(isOpen(noon, NOW)).toBe(true);
    expect(isOpen(noon, new Date("2026-11-18T13:00:00Z"))).toBe(false);
    expect(isOpen(noon, new Date("2026-11-19T12:00:00Z"))).toBe(false);
  });
});
