import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { requireChangeable, requireNotRelied, requireOn, requireUnneeded, toEnableFirst } from "./checks.ts";
import { graphOf, node, version } from "./testing.ts";

const refusal = (work: () => unknown): PatchbayError | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof PatchbayError) return error;
    throw error;
  }
};

describe("a plugin that others need", () => {
  const needed = node("geo@1.0.0");
  const graph = graphOf(
    needed,
    node("maps@1.0.0", { geo: "^1.0.0" }),
    node("route@2.0.0", { geo: ">=1.0.0" }, "disabled"),
  );

  it("is not uninstalled while they are installed", () => {
    expect(refusal(() => requireUnneeded(graph, "geo"))).toMatchObject({
      code: "dependency_in_use",
      facts: { dependents: ["maps", "route"] },
    });
    expect(refusal(() => requireUnneeded(graph, "maps"))).toBeNull();
  });

  it("is not disabled while they are enabled", () => {
    expect(refusal(() => requireNotRelied(graph, "geo"))?.facts).toEqual({ dependents: ["maps"] });
    const off = graphOf(needed, node("maps@1.0.0", { geo: "*" }, "error"));
    expect(refusal(() => requireNotRelied(off, "geo"))).toBeNull();
    const starting = graphOf(needed, node("maps@1.0.0", { geo: "*" }, "enabling"));
    expect(refusal(() => requireNotRelied(starting, "geo"))?.code).toBe("dependency_in_use");
  });

  it("is not moved to a version that one of them cannot use", () => {
    const change = (name: string) =>
      refusal(() => requireChangeable(graph, needed.installation, version(name)));
    expect(change("geo@1.9.0")).toBeNull();
    expect(change("geo@2.0.0")).toMatchObject({
      code: "dependency_conflict",
      message: 'Version 2.0.0 of "geo" does not suit all who want it: maps 1.0.0 wants ^1.0.0.',
      facts: {
        conflicts: [
          {
            plugin: "geo",
            version: "2.0.0",
            wanted: [
              { plugin: "maps", version: "1.0.0", range: "^1.0.0" },
              { plugin: "route", version: "2.0.0", range: ">=1.0.0" },
            ],
          },
        ],
      },
    });
  });
});

describe("a version that needs more than the one before", () => {
  const { installation } = node("maps@1.0.0");
  const change = (needs: Record<string, string>, graph = graphOf(), own = installation) =>
    refusal(() => requireChangeable(graph, own, version("maps@2.0.0", needs)))?.code ?? null;

  it("wants that installed, fitting and enabled", () => {
    expect(change({ geo: "^1.0.0" })).toBe("dependency_missing");
    expect(change({ geo: "^1.0.0" }, graphOf(node("geo@2.0.0")))).toBe("dependency_conflict");
    expect(change({ geo: "^1.0.0" }, graphOf(node("geo@1.0.0", {}, "disabled")))).toBe("dependency_disabled");
    expect(change({ geo: "^1.0.0" }, graphOf(node("geo@1.0.0", {}, "enabling")))).toBe("plugin_busy");
    expect(change({ geo: "^1.0.0" }, graphOf(node("geo@1.0.0")))).toBeNull();
  });

  it("is content with what is disabled while it is disabled itself", () => {
    const off = node("maps@1.0.0", {}, "disabled").installation;
    expect(change({ geo: "^1.0.0" }, graphOf(node("geo@1.0.0", {}, "disabled")), off)).toBeNull();
  });

  it("must not close a circle", () => {
    expect(change({ geo: "*" }, graphOf(node("geo@1.0.0", { maps: "*" })))).toBe("dependency_cycle");
  });
});

describe("enabling", () => {
  it("begins with what is needed and off, in order", () => {
    const graph = graphOf(
      node("tiles@1.0.0", {}, "disabled"),
      node("geo@1.0.0", { tiles: "*", log: "*" }, "error"),
      node("log@1.0.0"),
    );
    const first = toEnableFirst(graph, version("maps@1.0.0", { geo: "*" }));
    expect(first.map(({ pluginId }) => pluginId)).toEqual(["tiles", "geo"]);
  });

  it("does not switch on what is blocked", () => {
    const graph = graphOf(node("geo@1.0.0", {}, "blocked"));
    expect(refusal(() => toEnableFirst(graph, version("maps@1.0.0", { geo: "*" })))).toMatchObject({
      code: "dependency_disabled",
      facts: { disabled: ["geo"] },
    });
  });

  it("needs what it needs enabled at the moment when it starts", () => {
    const maps = version("maps@1.0.0", { geo: "*" });
    expect(refusal(() => requireOn(graphOf(node("geo@1.0.0", {}, "disabled")), maps))?.code).toBe(
      "dependency_disabled",
    );
    expect(refusal(() => requireOn(graphOf(node("geo@1.0.0")), maps))).toBeNull();
  });
});
