import { describe, expect, it } from "vitest";
import { readPatience } from "./model-configuration.ts";

describe("the patience with servers of models", () => {
  it("is that of people unless the operator says otherwise, in seconds", () => {
    const byItself = { firstMs: 300_000, silenceMs: 120_000, wholeMs: 900_000 };
    expect(readPatience({})).toEqual(byItself);
    expect(readPatience({ PATCHBAY_MODEL_SILENCE_SECONDS: "" })).toEqual(byItself);
    const shorter = { PATCHBAY_MODEL_FIRST_SECONDS: "1", PATCHBAY_MODEL_ANSWER_SECONDS: "3600" };
    expect(readPatience(shorter)).toEqual({ firstMs: 1_000, silenceMs: 120_000, wholeMs: 3_600_000 });
  });

  it.each(["0", "-1", "1.5", "3601", "99999", "soon", "1e3", " 5"])("is never %j", (text) => {
    for (const name of ["FIRST", "SILENCE", "ANSWER"])
      expect(() => readPatience({ [`PATCHBAY_MODEL_${name}_SECONDS`]: text })).toThrow(
        new RegExp(`^PATCHBAY_MODEL_${name}_SECONDS .* from 1 to 3600`),
      );
  });
});
