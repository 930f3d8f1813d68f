import { describe, expect, it } from "vitest";
import { traceOf, traceparentOf } from "./trace-context.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("a traceparent", () => {
  it("names the trace and whether it is recorded", () => {
    expect(traceOf(`00-${ID}-${SPAN}-01`)).toEqual({ id: ID, flags: "01" });
    expect(traceOf(`cc-${ID}-${SPAN}-00-what-later-versions-add`)).toEqual({ id: ID, flags: "00" });
  });

  it("of another form is none", () => {
    const zeros = "0".repeat(32);
    for (const header of [
      undefined,
      ["a"],
      "",
      ID,
      `00-${ID}-${SPAN}`,
      `00-${ID}-${SPAN}-01-more`,
      `ff-${ID}-${SPAN}-01`,
      `00-${ID.toUpperCase()}-${SPAN}-01`,
      `00-${zeros}-${SPAN}-01`,
      `00-${ID}-${zeros.slice(16)}-01`,
      `01-${ID}-${SPAN}-01-${"a".repeat(1_000)}`,
    ])
      expect([header, traceOf(header)]).toEqual([header, null]);
  });

  it("for what a call asks for has the same trace, and the call as its parent", () => {
    const header = traceparentOf({ id: ID, flags: "01" }, "0b1c2d3e-0000-4000-8000-00f067aa0ba9");
    expect(header).toBe(`00-${ID}-800000f067aa0ba9-01`);
    expect(traceOf(header)).toEqual({ id: ID, flags: "01" });
  });
});
