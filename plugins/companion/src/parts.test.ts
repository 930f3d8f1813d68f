import { describe, expect, it } from "vitest";
import {
  branchTitle,
  filesOf,
  type Message,
  picturesOf,
  questionOf,
  textOf,
  thoughtsOf,
  titleOf,
} from "./parts.ts";

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

  it("name the files beside them, and show the pictures that browsers know", () => {
    const source = { type: "bytes", mediaType: "image/png", data: "AQ==" } as const;
    const drawing = { type: "bytes", mediaType: "image/svg+xml", data: "AQ==" } as const;
    const message: Message = {
      role: "user",
      parts: [
        { type: "image", source },
        { type: "image", source: drawing },
        { type: "file", name: "a.pdf", source },
      ],
    };
    expect(filesOf(message)).toEqual(["image/svg+xml", "a.pdf"]);
    expect(picturesOf(message)).toEqual(["data:image/png;base64,AQ=="]);
  });

  it("give a branch a name of its own", () => {
    expect(["Plans", "Plans (2)", "Plans (x)", null].map(branchTitle)).toEqual([
      "Plans (2)",
      "Plans (3)",
      "Plans (x) (2)",
      undefined,
    ]);
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
