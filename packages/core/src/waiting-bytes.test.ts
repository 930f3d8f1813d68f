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
    expect(refusalOf(() => again.add(1))).toBe("unavailable");
    ada.release();
    ada.release();
    again.add(8);
    expect(refusalOf(() => again.add(3))).toBe("rate_limited");
  });

  it("are not counted any more after they were released", () => {
    const all = new WaitingBytes({ perCaller: 10, total: 10 });
    const held = new HeldBytes(all, "ada");
    held.add(8);
    held.release();
    expect(refusalOf(() => held.add(8))).toBe("rate_limited");
    new HeldBytes(all, "ada").add(10);
  });

  it("move to another account, where there is room", () => {
    const strangers = new WaitingBytes({ perCaller: 10, total: 10 });
    const known = new WaitingBytes({ perCaller: 10, total: 10 });
    const [first, second] = [new HeldBytes(strangers, "network"), new HeldBytes(strangers, "network")];
    first.add(8);
    first.moveTo(known, "address");
    first.moveTo(known, "address");
    second.add(8);
    expect(refusalOf(() => second.moveTo(known, "address"))).toBe("rate_limited");
    second.release();
    new HeldBytes(strangers, "network").add(10);
    expect(refusalOf(() => first.add(3))).toBe("rate_limited");
    first.release();
    new HeldBytes(known, "address").add(10);
  });
});
