import type { KeptMessage } from "@patchbay/sdk/ui";
import { describe, expect, it } from "vitest";
import { lookedThrough, promptWith } from "./facts.ts";

const kept = (id: string, role: "user" | "assistant", text: string): KeptMessage =>
  ({ id, message: { role, parts: text === "" ? [] : [{ type: "text", text }] } }) as unknown as KeptMessage;

describe("what the model is told of the person", () => {
  it("stands below what it is told of itself, a line for each memory", () => {
    expect(promptWith("You are Clerk.", [])).toBe("You are Clerk.");
    expect(promptWith(undefined, [])).toBeUndefined();
    const told = promptWith("You are Clerk.", ["I like\n\ntea", "I live in Bonn"]) ?? "";
    expect(told.startsWith("You are Clerk.\n\nWhat you know of the person")).toBe(true);
    expect(told.endsWith("\n- I like tea\n- I live in Bonn")).toBe(true);
    expect(promptWith(undefined, ["I like tea"])).toMatch(/^What you know/);
  });

  it("is bounded", () => {
    const told =
      promptWith(undefined, ["first", ...Array.from({ length: 100 }, () => "x".repeat(500))]) ?? "";
    expect(told).toContain("- first");
    expect(told.length).toBeLessThan(4_300);
  });
});

describe("what is looked through for facts", () => {
  it("is what the person said, and what it answers to", () => {
    const history = [
      kept("1", "user", "Hi"),
      kept("2", "assistant", "Do you like tea?"),
      kept("3", "user", "Yes"),
    ];
    expect(lookedThrough(history)).toEqual([
      { id: "2", role: "assistant", text: "Do you like tea?" },
      { id: "3", role: "user", text: "Yes" },
    ]);
  });

  it("has no message without words, and not more of a long one than is needed", () => {
    expect(lookedThrough([kept("1", "assistant", ""), kept("2", "user", "y".repeat(20_000))])).toEqual([
      { id: "2", role: "user", text: "y".repeat(16_000) },
    ]);
  });
});
