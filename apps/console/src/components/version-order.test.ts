import { describe, expect, it } from "vitest";
import { isNewer } from "./version-order.ts";

describe("a version", () => {
  it("comes after those before it, number by number, and a release after its pre-releases", () => {
    const ordered = [
      ...["0.9.10", "1.0.0-1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2"],
      ...["1.0.0-beta.11", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"],
    ];
    for (const [place, version] of ordered.entries())
      for (const [other, than] of ordered.entries())
        expect(isNewer(version, than), `${version} after ${than}`).toBe(place > other);
  });

  it("is not newer for its build, nor than what is no version", () => {
    expect(isNewer("1.0.0+2", "1.0.0+1")).toBe(false);
    expect(isNewer("1.0.0", "latest")).toBe(false);
  });
});
