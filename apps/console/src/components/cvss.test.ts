import { describe, expect, it } from "vitest";
import { baseScore, severityOf } from "./cvss.ts";

describe("the base score of a CVSS vector", () => {
  it.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "critical"],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5, "high"],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "medium"],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10, "critical"],
    ["CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", 1.8, "low"],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, "none"],
  ])("of %s is %s: %s", (vector, score, severity) => {
    expect(baseScore(vector)).toBe(score);
    expect(severityOf(score)).toBe(severity);
  });

  it("is not made up for anything else", () => {
    expect(baseScore("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")).toBeNull();
    expect(baseScore("CVSS:3.1/AV:N")).toBeNull();
    expect(baseScore("CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")).toBeNull();
    expect(baseScore("high")).toBeNull();
  });
});
