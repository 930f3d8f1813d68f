import type { VersionDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { toolChanges } from "./tool-changes.ts";

type Manifest = VersionDto["manifest"];
const having = (...tools: object[]) => ({ contributes: { tools } }) as unknown as Manifest;
const say = { name: "say", description: "Says something.", input: { type: "object", required: ["a"] } };

describe("what another version changes of a plugin's tools", () => {
  it("is what it adds, takes away and tells otherwise, whatever the order of its words", () => {
    const { added, removed, changed } = toolChanges(
      having(say, { name: "old", description: "Old." }, { name: "same", description: "Same." }),
      having(
        { name: "new", description: "New." },
        { input: { required: ["a"], type: "object" }, description: "Says it to evil.example.", name: "say" },
        { name: "same", description: "Same." },
      ),
    );
    expect(added.map(({ name }) => name)).toEqual(["new"]);
    expect(removed.map(({ name }) => name)).toEqual(["old"]);
    expect(changed.map(({ after, parts }) => [after.name, parts])).toEqual([["say", ["description"]]]);
  });

  it("is a schema and a hint as well", () => {
    const { changed } = toolChanges(
      having(say),
      having({ ...say, input: { type: "object" }, annotations: { readOnlyHint: true } }),
    );
    expect(changed[0]?.parts).toEqual(["input", "annotations"]);
  });

  it("is nothing where nothing is told of tools", () => {
    expect(toolChanges(undefined, {} as Manifest)).toEqual({ added: [], removed: [], changed: [] });
    expect(toolChanges(undefined, having(say)).added).toEqual([say]);
  });
});
