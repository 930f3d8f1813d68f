import { expect, it } from "vitest";
import { addressIn, exposedName, mayBeCut } from "./tool-names.ts";

const LONG = { plugin: `acme-${"x".repeat(30)}.weather`, tool: "t".repeat(64) };

it("has no dot and goes back to the same tool, in either form", () => {
  const address = { plugin: "acme-1.weather-2", tool: "fore_cast-3" };
  expect(exposedName(address)).toBe("acme-1_weather-2_fore_cast-3");
  expect(addressIn("acme-1_weather-2_fore_cast-3")).toEqual(address);
  expect(addressIn("acme-1.weather-2_fore_cast-3")).toEqual(address);
});

it("is another one for each tool, although names have underscores", () => {
  const names = [
    { plugin: "a.b", tool: "c_d" },
    { plugin: "a.b", tool: "c" },
    { plugin: "a.c", tool: "b_d" },
  ].map(exposedName);
  expect(new Set(names).size).toBe(3);
});

it("is cut where it is too long for clients, and told by its digest", () => {
  const [one, other] = [exposedName(LONG), exposedName({ ...LONG, tool: `${"t".repeat(63)}u` })];
  expect(one).toMatch(/^[a-zA-Z0-9_-]{64}$/);
  expect(one).not.toBe(other);
  expect([mayBeCut(one), mayBeCut("acme_weather_forecast")]).toEqual([true, false]);
});

it.each(["", "forecast", "acme_weather", "acme.weather.forecast", "Acme_weather_x", "a_b_1", "a_b_ü"])(
  "is none of a tool's: %j",
  (name) => expect(addressIn(name)).toBeNull(),
);
