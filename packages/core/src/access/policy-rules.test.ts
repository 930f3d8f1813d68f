import { type Grant, type Manifest, PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, type OrganizationPolicy } from "../model/policy.ts";
import { isAdministrator, type OrganizationRole } from "../model/rights.ts";
import type { MemberAuthority } from "./authority.ts";
import {
  objectionTo,
  requireDispensable,
  requireGrantable,
  requireInstallable,
  requireSource,
} from "./policy-rules.ts";

const policy = (part: Partial<OrganizationPolicy>): OrganizationPolicy => ({ ...DEFAULT_POLICY, ...part });
const judged = (pluginId: string, more: object = {}) =>
  ({ pluginId, source: "upload", badge: "private", ...more }) as const;

const refusal = (work: () => unknown): PatchbayError | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof PatchbayError) return error;
    throw error;
  }
};

describe("a policy about packages", () => {
  const rule = (part: Partial<OrganizationPolicy>, one = judged("acme.geo")) =>
    objectionTo(policy(part), one)?.rule ?? null;

  it("has nothing against anything by default", () => {
    expect(rule({})).toBeNull();
  });

  it("forbids by id and by publisher, whatever else is allowed", () => {
    expect(rule({ forbidden: ["acme.geo"] })).toBe("forbidden");
    expect(rule({ forbidden: ["acme.*"], allowed: ["acme.geo"], required: ["acme.geo"] })).toBe("forbidden");
    expect(rule({ forbidden: ["acme.ge", "acm.*", "acme.geo2"] })).toBeNull();
  });

  it("allows what is listed, and what is required", () => {
    expect(rule({ allowed: [] })).toBe("allowed");
    expect(rule({ allowed: ["acme.*"] })).toBeNull();
    expect(rule({ allowed: ["other.*"], required: ["acme.geo"] })).toBeNull();
  });

  it("looks at source and badge, but not of what comes with Patchbay", () => {
    expect(rule({ sources: ["directory"] })).toBe("sources");
    expect(rule({ badges: ["official"] })).toBe("badges");
    const builtin = judged("patchbay.feeds", { source: "builtin", badge: "builtin" }) as never;
    expect(rule({ sources: [], badges: [], allowed: [] }, builtin)).toBeNull();
    expect(rule({ forbidden: ["patchbay.feeds"] }, builtin)).toBe("forbidden");
  });

  it("names the rule and who can change it", () => {
    const error = refusal(() => requireDispensable(policy({ required: ["acme.geo"] }), "acme.geo"));
    expect(error).toMatchObject({
      code: "policy_blocked",
      status: 403,
      facts: { rule: "required", plugin: "acme.geo", changedBy: ["owner", "admin"] },
    });
    expect(error?.message).toContain("its owners and administrators can change it");
    expect(refusal(() => requireDispensable(policy({ required: ["acme.maps"] }), "acme.geo"))).toBeNull();
    expect(refusal(() => requireInstallable(policy({ install: "nobody" })))?.facts.rule).toBe("install");
    expect(refusal(() => requireInstallable(policy({ install: "everyone" })))).toBeNull();
    expect(refusal(() => requireSource(policy({ sources: ["upload"] }), "directory"))?.facts.rule).toBe(
      "sources",
    );
    expect(refusal(() => requireSource(policy({ sources: ["upload"] }), "upload"))).toBeNull();
  });
});

describe("the most that may be granted without an administrator", () => {
  const manifest = {
    id: "acme.geo",
    permissions: {
      required: [{ name: "net.fetch", hosts: ["a.example", "b.example"] }, "storage.scoped"],
      optional: ["tools.invoke"],
    },
  } as unknown as Manifest;
  const beyond = (
    maxGrants: "all" | Grant[],
    grants: Grant[],
    held: Grant[] = [],
    role: OrganizationRole = "member",
  ) => {
    const authority = {
      administers: isAdministrator(role),
      policy: policy({ maxGrants }),
    } as MemberAuthority;
    return refusal(() => requireGrantable(authority, manifest, grants, held))?.facts.beyond ?? null;
  };

  it("is a list of names, each as far as it says", () => {
    expect(beyond("all", [{ name: "net.fetch" }])).toBeNull();
    expect(beyond([{ name: "net.fetch" }], [{ name: "net.fetch" }])).toBeNull();
    expect(beyond([{ name: "storage.scoped" }], [{ name: "storage.scoped" }])).toBeNull();
    expect(beyond([], [{ name: "storage.scoped" }])).toEqual([{ name: "storage.scoped" }]);
    const onlyA = { name: "net.fetch", hosts: ["a.example"] } as const;
    expect(beyond([onlyA], [onlyA])).toBeNull();
    expect(beyond([onlyA], [{ name: "net.fetch" }])).toEqual([
      { name: "net.fetch", hosts: ["a.example", "b.example"] },
    ]);
    expect(beyond([{ name: "net.fetch", hosts: ["*.example"] }], [{ name: "net.fetch" }])).toBeNull();
    expect(beyond([{ name: "tools.invoke", ids: ["acme.maps/*"] }], [{ name: "tools.invoke" }])).toHaveLength(
      1,
    );
    expect(
      beyond([{ name: "storage.scoped", callsPerMinute: 5 }], [{ name: "storage.scoped" }]),
    ).toHaveLength(1);
  });

  it("does not bind owners and administrators", () => {
    expect(beyond([], [{ name: "net.fetch" }], [], "admin")).toBeNull();
    expect(beyond([], [{ name: "net.fetch" }], [], "owner")).toBeNull();
  });

  it("leaves alone what was granted before, and no more than that", () => {
    const held = { name: "net.fetch", hosts: ["a.example"] } as const;
    expect(beyond([], [held], [held])).toBeNull();
    expect(beyond([], [{ name: "net.fetch" }], [held])).toHaveLength(1);
  });
});
