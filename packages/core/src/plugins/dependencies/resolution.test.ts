import { MAX_RESOLUTION_STEPS, PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import type { PackageVersion } from "../../ports/catalog-store.ts";
import { resolve } from "./resolution.ts";
import { graphOf, node, version } from "./testing.ts";

/** Resolves the first of these versions; the others are the catalog, newest first. */
const along = async (
  [wanted, ...catalog]: readonly PackageVersion[],
  installed = graphOf(),
): Promise<string[]> => {
  if (wanted === undefined) throw new Error("nothing is wanted");
  const versionsOf = async (plugin: string) => catalog.filter(({ pluginId }) => pluginId === plugin);
  const resolution = await resolve(wanted, { installed, patchbayVersion: "1.2.0", versionsOf });
  return resolution.along.map(({ pluginId, version }) => `${pluginId}@${version}`);
};

const refusal = async (
  versions: readonly PackageVersion[],
  installed = graphOf(),
): Promise<PatchbayError> => {
  const error = await along(versions, installed).catch((reason: unknown) => reason);
  if (error instanceof PatchbayError) return error;
  throw new Error(`not refused: ${JSON.stringify(error)}`, { cause: error });
};

describe("what comes along with a plugin", () => {
  it("is nothing for one that needs nothing", async () => {
    expect(await along([version("a@1.0.0"), version("b@1.0.0")])).toEqual([]);
  });

  it("is the newest fitting version of each, after what it needs itself", async () => {
    const wanted = version("a@1.0.0", { b: "^1.0.0", c: "*" });
    const catalog = [version("b@2.0.0"), version("b@1.9.0", { c: "^1.0.0" }), version("b@1.0.0")];
    const rest = [version("c@2.0.0"), version("c@1.1.0", { d: "1.x" }), version("d@1.0.0")];
    expect(await along([wanted, ...catalog, ...rest])).toEqual(["d@1.0.0", "c@1.1.0", "b@1.9.0"]);
  });

  it("is an older version where the newest do not go together", async () => {
    const wanted = version("a@1.0.0", { b: "*", c: "^1.0.0" });
    const catalog = [version("b@2.0.0", { c: "^2.0.0" }), version("b@1.0.0", { c: "^1.0.0" })];
    expect(await along([wanted, ...catalog, version("c@2.0.0"), version("c@1.0.0")])).toEqual([
      ...["c@1.0.0", "b@1.0.0"],
    ]);
  });

  it("leaves installed plugins as they are, and out of the list", async () => {
    const wanted = version("a@1.0.0", { b: "^1.0.0", c: "*" });
    const installed = graphOf(node("b@1.0.0"), node("other@1.0.0", { c: "<2.0.0", gone: "*" }));
    const catalog = [version("b@1.5.0"), version("c@2.0.0"), version("c@1.0.0")];
    expect(await along([wanted, ...catalog], installed)).toEqual(["c@1.0.0"]);
  });

  it("is no pre-release unless the range names one, nor what needs another Patchbay", async () => {
    const catalog = [
      version("b@1.2.0-beta.1"),
      version("b@1.1.0", {}, "^2.0.0"),
      version("b@1.0.0"),
      version("c@1.0.0-rc.1"),
    ];
    const wanted = version("a@1.0.0", { b: "^1.0.0", c: "^1.0.0-rc.0" });
    expect(await along([wanted, ...catalog])).toEqual(["b@1.0.0", "c@1.0.0-rc.1"]);
  });

  it("is content with an installed pre-release where its release would do", async () => {
    const wanted = version("a@1.0.0", { b: "^1.0.0" });
    expect(await along([wanted], graphOf(node("b@1.0.0-dev.7")))).toEqual([]);
    expect((await refusal([wanted], graphOf(node("b@2.0.0-dev.7")))).code).toBe("dependency_conflict");
  });
});

describe("a plugin that cannot be installed", () => {
  it("says what the catalog lacks, and who needs it", async () => {
    const wanted = version("a@1.0.0", { b: "^1.0.0" });
    const absent = await refusal([wanted, version("b@1.0.0", { c: "^3.0.0" })]);
    expect(absent).toMatchObject({
      code: "dependency_missing",
      message: "b 1.0.0 needs c ^3.0.0, which is neither installed nor in the catalog.",
      facts: { missing: [{ plugin: "c", range: "^3.0.0", by: "b", available: [] }] },
    });
    const old = await refusal([wanted, version("b@1.0.0", { c: "^3.0.0" }), version("c@2.0.0")]);
    expect(old.message).toContain("of which the catalog has 2.0.0 only");
  });

  it("names all who want a plugin that no version suits", async () => {
    const wanted = version("a@1.0.0", { b: "*", c: "*" });
    const catalog = [version("b@1.0.0", { d: "^1.0.0" }), version("c@1.0.0", { d: "^2.0.0" })];
    const both = await refusal([wanted, ...catalog, version("d@2.0.0"), version("d@1.0.0")]);
    expect(both.code).toBe("dependency_conflict");
    expect(both.facts.conflicts).toEqual([
      {
        plugin: "d",
        version: null,
        wanted: [
          { plugin: "b", version: "1.0.0", range: "^1.0.0" },
          { plugin: "c", version: "1.0.0", range: "^2.0.0" },
        ],
      },
    ]);
    expect(both.message).toBe(
      'No version of "d" suits all who want it: b 1.0.0 wants ^1.0.0, c 1.0.0 wants ^2.0.0.',
    );
  });

  it("names the installed version that does not fit, and who else wants it", async () => {
    const installed = graphOf(node("d@1.4.0"), node("old@3.0.0", { d: "^1.0.0" }));
    const error = await refusal([version("a@1.0.0", { d: "^2.0.0" }), version("d@2.0.0")], installed);
    expect(error).toMatchObject({
      code: "dependency_conflict",
      message: '1.4.0 of "d" is installed, but a 1.0.0 wants ^2.0.0. Change its version first.',
      facts: { conflicts: [{ plugin: "d", version: "1.4.0" }] },
    });
    expect(JSON.stringify(error.facts)).toContain('"plugin":"old"');
  });

  it("is itself not what an installed plugin wants", async () => {
    const installed = graphOf(node("old@3.0.0", { a: "^2.0.0" }));
    expect((await refusal([version("a@1.0.0")], installed)).message).toContain("old 3.0.0 wants ^2.0.0");
  });

  it("names the circle in which plugins need each other", async () => {
    const circle = [
      version("a@1.0.0", { b: "*" }),
      version("b@1.0.0", { c: "*" }),
      version("c@1.0.0", { b: "*" }),
    ];
    expect(await refusal(circle)).toMatchObject({
      code: "dependency_cycle",
      facts: { cycle: ["b", "c", "b"] },
    });
    expect((await refusal([version("a@1.0.0", { a: "*" })])).code).toBe("dependency_cycle");
    const installed = graphOf(node("b@1.0.0", { a: "*" }));
    expect((await refusal([version("a@1.0.0", { b: "*" })], installed)).code).toBe("dependency_cycle");
  });

  it("says which Patchbay a needed plugin wants", async () => {
    const catalog = [version("b@1.0.0", {}, ">=9")];
    expect((await refusal([version("a@1.0.0", { b: "*" }), ...catalog])).code).toBe("engine_mismatch");
  });

  it("is given up after a bounded number of attempts", async () => {
    const names = ["b", "c", "d", "e", "f", "g"];
    const wanted = version("a@1.0.0", Object.fromEntries([...names, "z"].map((name) => [name, "*"])));
    const catalog = names.flatMap((name) =>
      Array.from({ length: 10 }, (_, index) =>
        version(`${name}@${10 - index}.0.0`, { y: `${index}.x || 5.x` }),
      ),
    );
    const last = [version("y@5.0.0"), version("z@1.0.0", { y: "^77.0.0" })];
    const error = await refusal([wanted, ...catalog, ...last]);
    expect(error.message).toContain("goes too far");
    expect(MAX_RESOLUTION_STEPS).toBeLessThan(10 ** names.length);
  });
});
