import type { OfferedTool } from "@patchbay/core";
import { expect, it } from "vitest";
import { searchTools } from "./tool-search.ts";

const tool = (name: string, description: string, title?: string): OfferedTool => ({
  plugin: "a.b",
  tool: name,
  name,
  entry: { name, description, ...(title !== undefined && { title }) },
});
const TOOLS = [
  tool("forecast", "Tells the weather of a place for the next days."),
  tool("map", "Draws a place.", "Weather map"),
  tool("send_mail", "Sends a message to somebody."),
];
const found = (query: string, limit = 10) => searchTools(TOOLS, query, limit).map(({ name }) => name);

it("has those with the most of the words first, and then those whose names have them", () => {
  expect(found("weather")).toEqual(["map", "forecast"]);
  expect(found("weather days")).toEqual(["forecast", "map"]);
  expect(found("mail")).toEqual(["send_mail"]);
});

it("finds words in another number, whatever the case", () => {
  expect(found("FORECASTS")).toEqual(["forecast"]);
  expect(found("messages")).toEqual(["send_mail"]);
});

it("finds nothing by words that nothing has, and all without any", () => {
  expect(found("invoice")).toEqual([]);
  expect(found(" ?! ")).toEqual(["forecast", "map", "send_mail"]);
  expect(found("", 2)).toHaveLength(2);
});

it("takes a query of any length", () => {
  expect(found("weather ".repeat(100_000))).toEqual(["map", "forecast"]);
});
