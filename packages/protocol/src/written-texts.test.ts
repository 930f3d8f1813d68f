import { expect, it } from "vitest";
import * as protocol from "./index.ts";
import { isJsonObject } from "./json.ts";
import { LINES, TEXT } from "./text.ts";

/** What people or plugins write for other people to read, by the field's name. */
const WRITTEN = new Set(["name", "title", "reason", "message", "summary", "details", "description"]);

/** Texts that are no one's to choose: names by which something is found, and a view's report of its own fault. */
const OTHERS = new Set([
  "UiFaultBody/message",
  "UpdateBody/grants/name",
  "AdvisoryBody/affected/package/name",
]);

/** What is written for models, which no person reads as Patchbay's. */
const FOR_MODELS = /^(chat|conversations\.append)\b/;

const textsIn = (schema: unknown, path: string): { path: string; format: unknown; isFree: boolean }[] => {
  if (!isJsonObject(schema)) return [];
  const options = [schema.anyOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  const within = [...options, schema.items].flatMap((one) => textsIn(one, path));
  const properties = Object.entries(isJsonObject(schema.properties) ? schema.properties : {});
  const own = properties
    .filter(([name, one]) => WRITTEN.has(name) && isJsonObject(one) && one.type === "string")
    .map(([name, one]) => {
      const { format, pattern, enum: choices } = one as Record<string, unknown>;
      return { path: `${path}/${name}`, format, isFree: pattern === undefined && choices === undefined };
    });
  return [...own, ...within, ...properties.flatMap(([name, one]) => textsIn(one, `${path}/${name}`))];
};

it("holds texts that people write in what is sent to the server to the rule for texts", () => {
  const bodies = Object.entries(protocol).filter(([name]) => /Body$/.test(name));
  const methods = Object.entries(protocol.HOST_METHODS).map(([name, { params }]) => [name, params] as const);
  const texts = [...bodies, ...methods].flatMap(([name, schema]) => textsIn(schema, name));
  expect(texts.length).toBeGreaterThan(10);
  const loose = texts.filter(({ path, format, isFree }) => {
    if (OTHERS.has(path) || FOR_MODELS.test(path) || !isFree) return false;
    return format !== TEXT && format !== LINES;
  });
  expect(loose.map(({ path }) => path)).toEqual([]);
});
