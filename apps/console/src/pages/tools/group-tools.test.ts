import type { ToolDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { groupTools } from "./group-tools.ts";

const tool = (plugin: string, name: string, description: string): ToolDto => ({
  plugin,
  tool: name,
  description,
  scope: { projects: "all" },
});
const TOOLS = [
  tool("b.geo", "locate", "Finds a place."),
  tool("b.geo", "route", "Finds a way."),
  tool("a.mail", "send", "Sends a letter."),
];
const grouped = (q: string) =>
  groupTools(TOOLS, q, (plugin) => (plugin === "b.geo" ? "Atlas" : "Post")).map(({ title, tools }) => [
    title,
    tools.map((one) => one.tool),
  ]);

describe("tools by plugin", () => {
  it("stand under their plugin's name, in the order of the names", () => {
    expect(grouped("")).toEqual([
      ["Atlas", ["locate", "route"]],
      ["Post", ["send"]],
    ]);
  });

  it("are found by every word in name, description and plugin", () => {
    expect(grouped("finds WAY")).toEqual([["Atlas", ["route"]]]);
    expect(grouped("post")).toEqual([["Post", ["send"]]]);
    expect(grouped("letter place")).toEqual([]);
  });
});
