import { describe, expect, it } from "vitest";
import { accountedModel, matchesModel, mostExact } from "./model-patterns.ts";

const model = accountedModel({ provider: "openai", name: "gpt-4o-mini", plugin: "patchbay.openai" });

describe("a model in the accounts", () => {
  it("is the same however its provider has to be named by who asks", () => {
    const asked = { provider: "patchbay.openai:openai", name: "gpt-4o-mini", plugin: "patchbay.openai" };
    expect(accountedModel(asked)).toEqual(model);
    expect(model).toEqual({
      id: "openai/gpt-4o-mini",
      fullId: "patchbay.openai:openai/gpt-4o-mini",
      plugin: "patchbay.openai",
    });
  });

  it("has a name that can be stored, whatever a client has sent", () => {
    const { id } = accountedModel({ provider: "a", name: `\0\n\ud800${"x".repeat(600)}`, plugin: "b.c" });
    expect(id).toMatch(/^a\/\ufffd\ufffd\ufffdx+$/);
    expect(id).toHaveLength(256);
  });
});

describe("a pattern", () => {
  it.each(["openai/gpt-4o-mini", "openai/gpt-*", "OpenAI/GPT-4o-mini ", "patchbay.openai:*", "*"])(
    "means %s",
    (pattern) => {
      expect(matchesModel(pattern, model)).toBe(true);
    },
  );

  it.each(["openai/gpt-4o", "gpt-*", "acme.fake:openai/*", "openai/gpt-4o-mini-*"])(
    "does not mean %s",
    (pattern) => {
      expect(matchesModel(pattern, model)).toBe(false);
    },
  );

  it("gives way to one that says more", () => {
    const of = (...patterns: string[]) =>
      mostExact(
        patterns.map((pattern) => ({ model: pattern })),
        model,
      )?.model;
    expect(of("*", "openai/gpt-4o-mini", "openai/gpt-4o-mini*")).toBe("openai/gpt-4o-mini");
    expect(of("*", "openai/*", "openai/gpt-*")).toBe("openai/gpt-*");
    expect(of("openai/*", "patchbay.openai:openai/*")).toBe("patchbay.openai:openai/*");
    expect(of("other/*")).toBeUndefined();
  });
});
