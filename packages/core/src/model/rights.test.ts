import { describe, expect, it } from "vitest";
import {
  DEFAULT_RIGHTS,
  type OrganizationRole,
  type Reach,
  type Right,
  type RightsPolicy,
  reachOf,
} from "./rights.ts";

/** "-" is no right, "org" everywhere, "own" in own projects only. */
type Told = "org" | "own" | "-";
const REACH: Record<Told, Reach | null> = { org: "organization", own: "own_projects", "-": null };

/** The table of the rights, row by row. `manager` is a member of the organization who manages a project. */
const TABLE: readonly [Right, Record<OrganizationRole | "manager", Told>][] = [
  ["org.plugins.read", { owner: "org", admin: "org", member: "org", viewer: "org", manager: "org" }],
  ["org.plugins.write", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "own" }],
  ["org.plugins.configure", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "own" }],
  ["org.plugins.use", { owner: "org", admin: "org", member: "org", viewer: "-", manager: "org" }],
  ["org.plugins.debug", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
  ["org.members.write", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
  ["org.audit.read", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
];

/** Who debugs, by the policy; `leader` is a viewer of the organization who manages a project. */
const DEBUG: readonly [RightsPolicy["debug"], Record<OrganizationRole | "manager" | "leader", Told>][] = [
  ["nobody", { owner: "-", admin: "-", member: "-", viewer: "-", manager: "-", leader: "-" }],
  ["administrators", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-", leader: "-" }],
  ["managers", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "own", leader: "own" }],
  ["everyone", { owner: "org", admin: "org", member: "org", viewer: "-", manager: "org", leader: "own" }],
];

const reachFor = (right: Right, who: string, policy: RightsPolicy): Reach | null => {
  if (who === "manager") return reachOf(right, "member", 1, policy);
  if (who === "leader") return reachOf(right, "viewer", 1, policy);
  return reachOf(right, who as OrganizationRole, 0, policy);
};

describe("rights", () => {
  for (const [right, roles] of TABLE) {
    for (const [who, expected] of Object.entries(roles)) {
      it(`gives ${who} ${expected === "-" ? "no" : expected} ${right}`, () => {
        expect(reachFor(right, who, DEFAULT_RIGHTS)).toBe(REACH[expected]);
      });
    }
  }

  it.each(DEBUG)("let debug whom the policy names: %s", (debug, roles) => {
    const policy = { ...DEFAULT_RIGHTS, debug };
    const told = Object.keys(roles).map((who) => [who, reachFor("org.plugins.debug", who, policy)]);
    expect(told).toEqual(Object.entries(roles).map(([who, expected]) => [who, REACH[expected]]));
  });

  it("let members install where the policy says everyone, and never viewers", () => {
    const policy = { ...DEFAULT_RIGHTS, install: "everyone" } as const;
    expect(reachFor("org.plugins.write", "member", policy)).toBe("organization");
    expect(reachFor("org.plugins.write", "manager", policy)).toBe("organization");
    expect(reachFor("org.plugins.write", "viewer", policy)).toBeNull();
  });
});
