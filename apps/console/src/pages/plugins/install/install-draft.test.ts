import { describe, expect, it } from "vitest";
import { approvalOf, grantsOf, startDraft } from "./install-draft.ts";

const version: Parameters<typeof grantsOf>[0] = {
  permissions: {
    required: [
      { name: "net.fetch", hosts: ["*.example.org"], reason: "Reads the weather." },
      { name: "storage.scoped" },
    ],
    optional: [{ name: "metrics.read", callsPerMinute: 60 }, { name: "ui.overlay" }],
  },
};
const request: Parameters<typeof approvalOf>[2] = {
  grants: [
    { name: "metrics.read", callsPerMinute: 5 },
    { name: "storage.scoped" },
    { name: "net.fetch", hosts: ["api.example.org"], callsPerMinute: 10 },
  ],
  scope: { projects: ["kitchen"] },
};

describe("the approval of a request", () => {
  const draft = startDraft({}, null, request);

  it("changes nothing of what was asked for unless somebody decides otherwise", () => {
    expect(approvalOf(version, draft, request)).toEqual({});
  });

  it("keeps every limit that was asked for when something else is granted too, or not", () => {
    const [metrics, storage, net] = request.grants;
    const more = { ...draft, optional: new Set([...draft.optional, "ui.overlay"]) };
    expect(approvalOf(version, more, request)).toEqual({
      grants: [net, storage, metrics, { name: "ui.overlay" }],
    });
    const less = { ...draft, optional: new Set<string>() };
    expect(approvalOf(version, less, request)).toEqual({ grants: [net, storage] });
  });

  it("says where it applies only when that is not as asked", () => {
    expect(approvalOf(version, { ...draft, projects: "all" }, request)).toEqual({
      scope: { projects: "all" },
    });
  });
});

describe("an installation that nobody has asked for", () => {
  it("grants what is required and what was switched on, as far as the author asks", () => {
    expect(grantsOf(version, { optional: new Set(["ui.overlay"]) })).toEqual([
      { name: "net.fetch", hosts: ["*.example.org"] },
      { name: "storage.scoped" },
      { name: "ui.overlay" },
    ]);
  });
});
