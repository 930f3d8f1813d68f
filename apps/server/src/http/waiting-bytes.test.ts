import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { HeldBytes, WaitingBytes } from "./waiting-bytes.ts";

const refusalOf = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof PatchbayError ? error.code : String(error);
  }
};

describe("bytes that are held for what is under way", () => {
  it("are bounded for each caller and for all, and free again once it is over", () => {
    const all = new WaitingBytes({ perCaller: 10, total: 15 });
    const [ada, again, bob] = [
      new HeldBytes(all, "ada"),
      new HeldBytes(all, "ada"),
      new HeldBytes(all, "bob"),
    ];
    ada.add(8);
    expect(refusalOf(() => again.add(3))).toBe("rate_limited");
    expect(refusalOf(() => bob.add(8))).toBe("unavailable");
    bob.add(7);
    again.release();
    expect(refusalOf(() => again.add(1))).toBe("unavailable");
    ada.release();
    ada.release();
    again.add(8);
    expect(refusalOf(() => again.add(3))).toBe("rate_limited");
  });
});
