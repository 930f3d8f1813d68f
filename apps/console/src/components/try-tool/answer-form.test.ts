import { describe, expect, it } from "vitest";
import { imageTypeOf, isMarkdown, plotOf } from "./answer-form.ts";

describe("the form of an answer", () => {
  it("is Markdown where a text has signs of it", () => {
    for (const text of [
      "# Title\n\nText",
      "Look:\n```js\n1\n```",
      "| a | b |\n|---|:-:|\n| 1 | 2 |",
      "- one\n- two\n",
      "See [the page](https://example.org/a).",
      "This is **important**.",
    ])
      expect([text, isMarkdown(text)]).toEqual([text, true]);
    for (const text of [
      "",
      "Plain words.\n\nMore of them.",
      "#hashtag",
      "2 ** 3 ** 4",
      "a | b",
      "[x](javascript:alert(1))",
    ])
      expect([text, isMarkdown(text)]).toEqual([text, false]);
    expect(isMarkdown("|".repeat(1_000_000))).toBe(false);
  });

  it("is a chart where there are numbers that can be compared", () => {
    expect(plotOf([1, 2, 3], "Value")).toEqual({
      labels: ["1", "2", "3"],
      series: [{ name: "Value", values: [1, 2, 3] }],
    });
    const rows = ["Mon", "Tue", "Wed"].map((day, index) => ({ day, rain: index, sun: 10 - index }));
    expect(plotOf(rows, "Value")).toEqual({
      labels: ["Mon", "Tue", "Wed"],
      series: [
        { name: "rain", values: [0, 1, 2] },
        { name: "sun", values: [10, 9, 8] },
      ],
    });
    for (const values of [
      [1, 2],
      [1, 2, "3"],
      [1, -2, 3],
      [{ id: 1 }, { id: 2 }, { id: 3 }],
      [[1], [2], [3]],
      Array(501).fill(1),
    ])
      expect(plotOf(values, "Value")).toBeNull();
    expect(plotOf([rows[0], rows[1], { day: "Wed" }], "Value")).toBeNull();
  });

  it("is a picture for types that only draw, up to a size", () => {
    expect(imageTypeOf({ type: "image/PNG", content: { size: 1 } })).toBe("image/png");
    for (const type of ["image/svg+xml", "text/html", "image/png; charset=x", ""])
      expect(imageTypeOf({ type, content: { size: 1 } })).toBeNull();
    expect(imageTypeOf({ type: "image/png", content: { size: 11 * 1024 * 1024 } })).toBeNull();
  });
});
