import { DEFAULT_MODEL_RULES, type ModelRules } from "@patchbay/core";
import { describe, expect, it } from "vitest";
import { isAllowed, modelsBehind, requireMeaningful } from "./rules.ts";

const rules = (decided: Partial<ModelRules>): ModelRules => ({ ...DEFAULT_MODEL_RULES, ...decided });

describe("the models that may be asked", () => {
  it.each([
    ["all", "openai/gpt-5", true],
    [["openai/gpt-5"], "openai/gpt-5", true],
    [["openai/gpt-5"], "openai/gpt-5-mini", false],
    [["openai/*"], "openai/gpt-5", true],
    [["openai/gpt-*"], "openai/o9", false],
    [["*"], "anything/at-all", true],
    [[], "openai/gpt-5", false],
    [["openai/*"], "openai-evil/gpt-5", false],
  ] as const)("are %j: %s %s", (allowed, name, expected) => {
    expect(isAllowed({ allowed }, [name])).toBe(expected);
  });

  it("may be named with their plugin", () => {
    const names = ["openai/gpt-5", "patchbay.openai:openai/gpt-5"];
    expect(isAllowed({ allowed: ["patchbay.openai:*"] }, names)).toBe(true);
    expect(isAllowed({ allowed: ["acme.openai:*"] }, names)).toBe(false);
  });
});

describe("an alias", () => {
  it("stands for its models, and any other name for itself", () => {
    const aliases = [{ name: "smart", models: ["a/b", "c/d"] }];
    expect(modelsBehind(rules({ aliases }), "smart")).toEqual(["a/b", "c/d"]);
    expect(modelsBehind(rules({ aliases }), "a/b")).toEqual(["a/b"]);
  });

  it.each<[string, Partial<ModelRules>, string]>([
    ["twice", { aliases: [1, 2].map(() => ({ name: "x", models: ["a/b"] })) }, "/aliases/1/name"],
    ["for the default", { aliases: [{ name: "default", models: ["a/b"] }] }, "/aliases/0/name"],
    ["of an alias", { aliases: [{ name: "x", models: ["y"] }] }, "/aliases/0/models/0"],
    ["of one model twice", { aliases: [{ name: "x", models: ["a/b", "a/b"] }] }, "/aliases/0/models/1"],
    ["that is the default and is none", { defaultModel: "x" }, "/defaultModel"],
  ])("%s is refused, with its place", (_, decided, pointer) => {
    expect(() => requireMeaningful(rules(decided))).toThrow(
      expect.objectContaining({ code: "invalid_request", errors: [expect.objectContaining({ pointer })] }),
    );
  });

  it("may have a model's own name, and be the default", () => {
    requireMeaningful(rules({ aliases: [{ name: "a/b", models: ["a/b", "c/d"] }], defaultModel: "a/b" }));
    requireMeaningful(rules({ aliases: [{ name: "x", models: ["a/b"] }], defaultModel: "x" }));
  });
});
