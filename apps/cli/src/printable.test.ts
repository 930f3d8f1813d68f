import { expect, it } from "vitest";
import { table } from "./output.ts";
import { printable, printableJson } from "./printable.ts";

it("prints what strangers wrote without doing to a terminal what they want", () => {
  expect(printable("Weather\u001b[2K\rHarmless\u0007 \u009b1A\u202egnp")).toBe(
    "Weather�[2K�Harmless� �1A�gnp",
  );
  expect(printable("One\r\nTwo\tünï 🙂")).toBe("One\nTwo\tünï 🙂");
});

it("keeps a cell of a table in its row", () => {
  const rows = table([
    ["acme.sly", "Sly\nacme.safe  official"],
    ["acme.other", "\u001b[1mOther"],
  ]);
  expect(rows.split("\n")).toEqual(["acme.sly    Sly acme.safe  official", "acme.other   [1mOther"]);
});

it("escapes in JSON what JSON leaves as it is", () => {
  const value = { name: "\u001b[2K\u009b1A\u202e", text: "ü" };
  const json = printableJson(value);
  expect(json).toBe('{"name":"\\u001b[2K\\u009b1A\\u202e","text":"ü"}');
  expect(JSON.parse(json)).toEqual(value);
});
