import { describe, expect, it } from "vitest";
import { COMPANION, personasIn, promptOf } from "./personas.ts";

const clerk = { id: "1", name: "Clerk", avatar: "C", tone: "dry", instructions: "Count twice." };

describe("personas", () => {
  it("tell the model who it is, and nothing where there is nothing to tell", () => {
    expect(promptOf(COMPANION)).toBeUndefined();
    expect(promptOf(clerk)).toBe("You are Clerk.\nYour tone: dry\nCount twice.");
    expect(promptOf({ ...COMPANION, instructions: "Be brief." })).toBe("Be brief.");
  });

  it("are read from what was kept, whatever that is", () => {
    expect(personasIn([clerk])).toEqual([clerk]);
    for (const kept of [undefined, null, "x", [], [{ id: "1" }], [{ ...clerk, tone: 1 }]])
      expect(personasIn(kept)).toEqual([COMPANION]);
  });
});
