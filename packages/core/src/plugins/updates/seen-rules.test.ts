import { describe, expect, it } from "vitest";
import { type AutoUpdateRules, DEFAULT_AUTO_UPDATE } from "../../model/auto-update-rules.ts";
import { seenRules, withHidden } from "./seen-rules.ts";

const HIDDEN = new Set(["acme.hidden"]);
const RULES: AutoUpdateRules = {
  ...DEFAULT_AUTO_UPDATE,
  include: ["acme.hidden", "acme.seen"],
  exclude: ["acme.hidden"],
  ageExceptions: ["acme.hidden", "acme.*"],
  plugins: { "acme.hidden": { pin: "^1.0.0" }, "acme.seen": { strategy: "all" } },
};

describe("rules that name plugins which are hidden from whoever reads them", () => {
  it("are told without those", () => {
    const seen = seenRules(RULES, HIDDEN);
    expect(JSON.stringify(seen)).not.toContain("acme.hidden");
    expect(seen).toMatchObject({
      include: ["acme.seen"],
      ageExceptions: ["acme.*"],
      plugins: { "acme.seen": { strategy: "all" } },
    });
  });

  it("keep what they say of those when they are replaced, and take nothing over about them", () => {
    const decided = { ...DEFAULT_AUTO_UPDATE, plugins: { "acme.hidden": { strategy: "all" } } } as const;
    const kept = withHidden({ ...decided, include: ["acme.new"] }, RULES, HIDDEN);
    expect(kept).toMatchObject({
      include: ["acme.new", "acme.hidden"],
      exclude: ["acme.hidden"],
      ageExceptions: ["acme.hidden"],
      plugins: { "acme.hidden": { pin: "^1.0.0" } },
    });
    expect(withHidden(decided, RULES, HIDDEN).include).toBe("all");
  });

  it("are as they are to those who see every plugin", () => {
    expect(seenRules(RULES, new Set())).toEqual(RULES);
    expect(withHidden(RULES, DEFAULT_AUTO_UPDATE, new Set())).toEqual(RULES);
  });
});
