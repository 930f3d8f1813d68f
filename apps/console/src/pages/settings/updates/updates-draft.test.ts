import type { AutoUpdateDto } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { rulesOf, updateBodyOf } from "./updates-draft.ts";

const rules: AutoUpdateDto = {
  strategy: "patch",
  include: "all",
  exclude: [],
  window: null,
  minimumAgeHours: 72,
  ageExceptions: [],
  securityAtOnce: true,
  planned: [],
  plugins: { "acme.weather": { pin: " ^1.0.0 " }, "acme.geo": { strategy: "off", pin: "" }, "acme.maps": {} },
};

describe("rules that are saved", () => {
  it("have no rule of a plugin that says nothing, and no blanks around pins", () => {
    expect(updateBodyOf(rulesOf(rules))).toEqual({
      ...rulesOf(rules),
      plugins: { "acme.weather": { pin: "^1.0.0" }, "acme.geo": { strategy: "off" } },
    });
  });
});
