import { describe, expect, it } from "vitest";
import { grantOf, groupPermissions, narrowedTo } from "./permission-risk.ts";

describe("permissions in the order of their risk", () => {
  it("stand by kind, the riskiest kind and permission first", () => {
    const groups = groupPermissions([
      { name: "ui.page" },
      { name: "storage.scoped" },
      { name: "ui.theme" },
      { name: "ui.overlay" },
      { name: "net.fetch", hosts: ["api.example.org"] },
    ]);
    expect(groups.map(({ kind, requests }) => [kind, requests.map(({ name }) => name)])).toEqual([
      ["api", ["net.fetch"]],
      ["data", ["storage.scoped"]],
      ["system", ["ui.overlay", "ui.page", "ui.theme"]],
    ]);
  });

  it("are narrowed to what is granted of them, and keep the author's reason", () => {
    const grant = { name: "net.fetch" as const, hosts: ["api.example.org"], callsPerMinute: 5 };
    const fetch = { name: "net.fetch" as const, hosts: ["*.example.org"], reason: "Reads." };
    expect(narrowedTo([fetch, { name: "ui.page" }], [grant])).toEqual([
      { ...grant, reason: "Reads." },
      { name: "ui.page" },
    ]);
  });

  it("become grants without the author's reason", () => {
    expect(grantOf({ name: "net.fetch", hosts: ["a.example"], reason: "Reads." })).toEqual({
      name: "net.fetch",
      hosts: ["a.example"],
    });
  });
});
