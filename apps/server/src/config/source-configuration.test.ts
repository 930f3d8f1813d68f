import { describe, expect, it } from "vitest";
import { readSources } from "./source-configuration.ts";

const marketplaces = (text: string) => readSources({ PATCHBAY_MARKETPLACE_URL: text }).marketplaces;

describe("where packages come from", () => {
  it("is the server's own registry and GitHub unless told", () =>
    expect(readSources({ PATCHBAY_MARKETPLACE_URL: "" })).toEqual({
      marketplaces: ["own"],
      githubApi: "https://api.github.com",
    }));

  it("may be several marketplaces in order, with or without the registry's path", () => {
    expect(
      marketplaces("https://a.example, http://b.example/x/ ,own, https://c.example/registry/v1/"),
    ).toEqual([
      "https://a.example/registry/v1",
      "http://b.example/x/registry/v1",
      "own",
      "https://c.example/registry/v1",
    ]);
    expect(marketplaces("off")).toEqual([]);
  });

  it("is refused when it is no address, has parts that would be lost, or comes twice", () => {
    for (const text of [
      "a.example",
      "ftp://a.example",
      "https://u:p@a.example",
      "https://a.example?x=1",
      "off,own",
    ])
      expect(() => marketplaces(text)).toThrow("PATCHBAY_MARKETPLACE_URL");
    expect(() => marketplaces("https://a.example,https://a.example/registry/v1")).toThrow("twice");
    expect(() => readSources({ PATCHBAY_GITHUB_API_URL: "github" })).toThrow("PATCHBAY_GITHUB_API_URL");
  });

  it("may be a GitHub Enterprise", () =>
    expect(readSources({ PATCHBAY_GITHUB_API_URL: "https://git.example/api/v3/" }).githubApi).toBe(
      "https://git.example/api/v3",
    ));
});
