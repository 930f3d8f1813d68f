import { describe, expect, it } from "vitest";
import { filesOf, type Message, questionOf, textOf, thoughtsOf, titleOf } from "./parts.ts";

const user = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });
const answer: Message = {
  role: "assistant",
  parts: [
    { type: "reasoning", text: "Hm." },
    { type: "text", text: "Yes." },
  ],
};

describe("messages", () => {
  it("are read without what was thought, and that by itself", () => {
    expect([textOf(answer), thoughtsOf(answer)]).toEqual(["Yes.", "Hm."]);
  });

  it("name the files beside them", () => {
    const source = { type: "bytes", mediaType: "image/png", data: "" } as const;
    const parts = [{ type: "image", source } as const, { type: "file", name: "a.pdf", source } as const];
    expect(filesOf({ role: "user", parts })).toEqual(["image/png", "a.pdf"]);
  });

  it("are asked with the persona before them, and without thoughts", () => {
    expect(questionOf("Be brief.", [user("Well?"), answer])).toEqual([
      { role: "system", parts: [{ type: "text", text: "Be brief." }] },
      user("Well?"),
      { role: "assistant", parts: [{ type: "text", text: "Yes." }] },
    ]);
    const thought: Message = { role: "assistant", parts: [{ type: "reasoning", text: "Hm." }] };
    expect(questionOf(undefined, [thought])).toEqual([]);
  });

  it("give a conversation its name", () => {
    expect(titleOf(user("  How do\ttides work?\nAnd why?"))).toBe("How do tides work?");
    expect(titleOf(user("x".repeat(80)))).toBe(`${"x".repeat(59)}…`);
    expect(titleOf(user(" \n"))).toBeUndefined();
  });
});
