import type { NotBuiltKind, ServerKindName } from "@patchbay/protocol";
import { expect, expectTypeOf, test } from "vitest";
import { definePlugin, type PluginDefinition, tool } from "./definitions.ts";
import type { Infer, StandardSchema } from "./schema.ts";

test("a tool's input has the type that its JSON Schema describes", () => {
  const schema = {
    type: "object",
    required: ["place", "days"],
    properties: {
      place: { type: "string" },
      days: { type: "integer" },
      units: { enum: ["metric", "imperial"] },
      tags: { type: "array", items: { type: "string" } },
      near: {
        type: "object",
        required: ["lat"],
        properties: { lat: { type: "number" }, name: { type: ["string", "null"] } },
      },
    },
  } as const;
  expectTypeOf<Infer<typeof schema>>().toEqualTypeOf<{
    place: string;
    days: number;
    units?: "metric" | "imperial";
    tags?: string[];
    near?: { lat: number; name?: string | null };
  }>();
  const plugin = definePlugin({
    tools: {
      forecast: tool({
        description: "Tells the weather.",
        input: { type: "object", required: ["place"], properties: { place: { type: "string" } } },
        run: (input, { api, signal }) => {
          expectTypeOf(input).toEqualTypeOf<{ place: string }>();
          expectTypeOf(api.storage.get<number>("a")).toEqualTypeOf<Promise<number | undefined>>();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          return input.place;
        },
      }),
    },
  });
  expect(Object.keys(plugin.tools ?? {})).toEqual(["forecast"]);
});

test("a tool's input has the type that its Standard Schema puts out", () => {
  const schema: StandardSchema<{ n?: string }, { n: number }> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as { n: number } }) },
  };
  tool({
    description: "Counts.",
    input: schema,
    run: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ n: number }>();
    },
  });
  expect(schema["~standard"].vendor).toBe("test");
});

test("a tool may stream, and one without a schema takes anything", () => {
  const plugin = definePlugin({
    tools: {
      count: tool({
        description: "Counts.",
        async *run(input) {
          expectTypeOf(input).toEqualTypeOf<unknown>();
          yield 1;
        },
      }),
    },
  });
  expect(plugin.tools?.count?.description).toBe("Counts.");
});

test("a plugin's definition has a field for every kind that server code defines, built or not", () => {
  type Field = Exclude<keyof PluginDefinition, "onActivate" | "onDeactivate">;
  expectTypeOf<Field>().toEqualTypeOf<ServerKindName | NotBuiltKind>();
});
