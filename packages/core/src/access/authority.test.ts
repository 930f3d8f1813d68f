import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, type OrganizationPolicy } from "../model/policy.ts";
import { type OrganizationRole, type ProjectRole, RIGHTS, type Right } from "../model/rights.ts";
import type { Membership } from "../ports/organization-store.ts";
import { authorize, requireScope, rightsIn } from "./authority.ts";
import type { Principal } from "./caller.ts";

const membership = (
  slug: string,
  role: OrganizationRole,
  projects: Record<string, ProjectRole> = {},
  policy: Partial<OrganizationPolicy> = {},
): Membership => ({
  organization: { id: `id-${slug}`, slug, name: slug, createdAt: new Date(0) },
  role,
  policy: { ...DEFAULT_POLICY, ...policy },
  projects: new Map(Object.entries(projects)),
});

const principal = (
  memberships: Membership[],
  key?: { organization: string; rights: readonly Right[] },
): Principal => {
  const user = {
    id: "u",
    email: "ada@example.org",
    name: "Ada",
    passwordHash: null,
    preparedBy: null,
    deploymentAdmin: false,
    createdAt: new Date(0),
  };
  if (key === undefined) return { kind: "person", user, key: null, memberships };
  return {
    kind: "api_key",
    user,
    key: {
      id: "k",
      name: "key",
      prefix: "pb_",
      userId: "u",
      organizationId: `id-${key.organization}`,
      madeByKey: null,
      rights: key.rights,
      createdAt: new Date(0),
      expiresAt: null,
      lastUsedAt: null,
    },
    memberships,
  };
};

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "allowed";
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error);
  }
};

describe("authorize", () => {
  it("refuses whoever lacks the right, before it tells whether there is such an organization", () => {
    const viewer = principal([membership("home", "viewer")]);
    for (const slug of ["home", "elsewhere", "nowhere"]) {
      expect(codeOf(() => authorize(viewer, slug, "org.plugins.write"))).toBe("forbidden");
    }
  });

  it("does not tell an organization that one does not belong to from one that does not exist", () => {
    const owner = principal([membership("home", "owner")]);
    expect(codeOf(() => authorize(owner, "elsewhere", "org.plugins.write"))).toBe("organization_not_found");
  });

  it("refuses in an organization where the right is missing, though it is held in another", () => {
    const mixed = principal([membership("home", "owner"), membership("work", "viewer")]);
    expect(codeOf(() => authorize(mixed, "work", "org.plugins.write"))).toBe("forbidden");
  });

  it("keeps an API key to its organization and its rights", () => {
    const person = [membership("home", "owner"), membership("work", "owner")];
    const key = principal(person, { organization: "home", rights: ["org.plugins.read"] });
    expect(codeOf(() => authorize(key, "home", "org.plugins.read"))).toBe("allowed");
    expect(codeOf(() => authorize(key, "home", "org.plugins.write"))).toBe("forbidden");
    expect(codeOf(() => authorize(key, "work", "org.plugins.read"))).toBe("organization_not_found");
  });

  it("gives a key no right that its person has lost", () => {
    const demoted = principal([membership("home", "viewer")], { organization: "home", rights: RIGHTS });
    expect(codeOf(() => authorize(demoted, "home", "org.plugins.write"))).toBe("forbidden");
  });
});

describe("requireScope", () => {
  const authority = () =>
    authorize(
      principal([membership("home", "member", { one: "manager", two: "member" })]),
      "home",
      "org.plugins.write",
    );

  it("lets a project manager change what belongs to own projects", () => {
    expect(codeOf(() => requireScope(authority(), { projects: ["one"] }))).toBe("allowed");
  });

  it("refuses a project manager everything that reaches further", () => {
    expect(codeOf(() => requireScope(authority(), { projects: "all" }))).toBe("forbidden");
    expect(codeOf(() => requireScope(authority(), { projects: ["one", "two"] }))).toBe("forbidden");
    expect(codeOf(() => requireScope(authority(), { projects: [] }))).toBe("forbidden");
  });
});

describe("the list of what somebody may do", () => {
  const held = (who: Principal) =>
    who.memberships.map((one) =>
      Object.fromEntries(rightsIn(who, one).map(({ right, reach }) => [right, reach])),
    );

  it("says of every right how far it reaches", () => {
    const manager = membership("acme", "member", { web: "manager", app: "member", api: "manager" });
    expect(held(principal([membership("acme", "viewer"), manager]))).toEqual([
      { "org.plugins.read": "organization" },
      {
        "org.plugins.read": "organization",
        "org.plugins.use": "organization",
        "org.plugins.write": ["web", "api"],
        "org.plugins.configure": ["web", "api"],
      },
    ]);
  });

  it("names every right of an owner, and with an API key those of the key in its organization only", () => {
    const both = [membership("acme", "owner"), membership("other", "owner")];
    expect(Object.keys(held(principal(both))[0] ?? {})).toEqual([...RIGHTS]);
    expect(held(principal(both, { organization: "acme", rights: ["org.audit.read"] }))).toEqual([
      { "org.audit.read": "organization" },
      {},
    ]);
  });
});
