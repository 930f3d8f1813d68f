import { describe, expect, it } from "vitest";
import { type OrganizationRole, type Reach, type Right, reachOf } from "./rights.ts";

/** The table of the rights, row by row; "-" is no right, "org" everywhere, "own" in own projects only. */
const TABLE: readonly [Right, Record<OrganizationRole | "manager", "org" | "own" | "-">][] = [
  ["org.plugins.read", { owner: "org", admin: "org", member: "org", viewer: "org", manager: "org" }],
  ["org.plugins.write", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "own" }],
  ["org.plugins.configure", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "own" }],
  ["org.plugins.use", { owner: "org", admin: "org", member: "org", viewer: "-", manager: "org" }],
  ["org.plugins.debug", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
  ["org.members.write", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
  ["org.audit.read", { owner: "org", admin: "org", member: "-", viewer: "-", manager: "-" }],
];
const REACH: Record<string, Reach | null> = { org: "organization", own: "own_projects", "-": null };

describe("rights", () => {
  for (const [right, roles] of TABLE) {
    for (const [who, expected] of Object.entries(roles)) {
      it(`gives ${who} ${expected === "-" ? "no" : expected} ${right}`, () => {
        const reach =
          who === "manager" ? reachOf(right, "member", 1) : reachOf(right, who as OrganizationRole, 0);
        expect(reach).toBe(REACH[expected]);
      });
    }
  }

  it("lets members install and debug where the policy says everyone, and never viewers", () => {
    const policy = { install: "everyone", debug: "everyone" } as const;
    expect(reachOf("org.plugins.write", "member", 0, policy)).toBe("organization");
    expect(reachOf("org.plugins.debug", "member", 0, policy)).toBe("organization");
    expect(reachOf("org.plugins.debug", "member", 1, policy)).toBe("organization");
    expect(reachOf("org.plugins.write", "viewer", 0, policy)).toBeNull();
    expect(reachOf("org.plugins.debug", "viewer", 0, policy)).toBeNull();
  });
});
