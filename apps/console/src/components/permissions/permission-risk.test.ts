import { describe, expect, it } from "vitest";
import { grantOf, groupPermissions } from "./permission-risk.ts";

describe("permissions in the order of their risk", () => {
  it("stand by kind, the riskiest kind and permission first", () => {
    const groups = groupPermissions([
      { name: "ui.page" },
      { name: "storage.scoped" },
      { name: "chat.models" },
      { name: "ui.overlay" },
      { name: "net.fetch", hosts: ["api.example.org"] },
    ]);
    expect(groups.map(({ kind, requests }) => [kind, requests.map(({ name }) => name)])).toEqual([
      ["api", ["net.fetch", "chat.models"]],
      ["data", ["storage.scoped"]],
      ["system", ["ui.overlay", "ui.page"]],
    ]);
  });

  it("become grants without the author's reason", () => {
    expect(grantOf({ name: "net.fetch", hosts: ["a.example"], reason: "Reads." })).toEqual({
      name: "net.fetch",
      hosts: ["a.example"],
    });
  });
});
