import { describe, expect, test } from "vitest";
import { definePlugin, tool } from "../definitions.ts";
import type { JsonSchema } from "../schema.ts";
import { createTestHarness } from "../testing/test-harness.ts";
import type { InputFile } from "./tool-file.ts";

const FILE = { type: "string", contentEncoding: "base64", contentMediaType: "text/plain" } as const;
const object = (properties: Readonly<Record<string, JsonSchema>>) =>
  ({ type: "object", properties }) as const;

interface Given {
  readonly file: InputFile;
  readonly options?: { readonly logo?: InputFile; readonly size?: number };
  readonly pages?: readonly InputFile[];
}

const INPUT = {
  ...object({
    file: { $ref: "#/$defs/document" },
    options: object({ logo: { anyOf: [FILE, { type: "null" }] }, size: { type: "integer" } }),
    pages: { type: "array", items: FILE, maxItems: 3 },
    byName: { type: "object", additionalProperties: FILE },
  }),
  $defs: { document: { ...FILE, minLength: 1_000, pattern: "^never$" } },
  required: ["file"],
};

const harness = (run: (input: Given) => unknown, output?: JsonSchema) =>
  createTestHarness(
    definePlugin({
      tools: {
        go: {
          description: "Goes.",
          input: INPUT,
          run: (input) => run(input as Given) as never,
          ...(output && { output }),
        },
      },
    }),
  );
const facts = async ({ name, type, size, text }: InputFile) => [name, type, size, await text()];
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("a tool's input with files", () => {
  test("has them wherever the schema has a place: by reference, nested, or nothing, in lists, by any name", async () => {
    const test = harness(async (given) => {
      const { file, options, pages, byName } = given as Given & { byName: Record<string, InputFile> };
      return [
        await facts(file),
        options?.size,
        await options?.logo?.text(),
        await pages?.[1]?.text(),
        await byName.x?.text(),
      ];
    });
    const answer = await test.call("go", {
      file: new File(["Hello"], "a.txt", { type: "text/markdown" }),
      options: { logo: new Blob(["logo"]), size: 3 },
      pages: [new Blob(["one"]), new TextEncoder().encode("two")],
      byName: { x: new Blob(["x"]) },
    });
    expect(answer).toEqual([["a.txt", "text/markdown", 5, "Hello"], 3, "logo", "two", "x"]);
  });

  test("takes base64 in JSON as a file that is called as its field", async () => {
    const test = harness(({ file }) => facts(file));
    expect(await test.call("go", { file: btoa("Hi") })).toEqual(["file", "text/plain", 2, "Hi"]);
    expect(await codeOf(test.call("go", { file: "not base64!" }))).toMatch(
      /^invalid_input.*at \/file.*base64/,
    );
  });

  test("is held against the rest of the schema, and not against rules for the text that a file would be", async () => {
    const test = harness(({ file }) => file.name);
    const file = new File(["x"], "x");
    expect(await test.call("go", { file })).toBe("x");
    expect(await codeOf(test.call("go", { file, options: { size: 1.5 } }))).toContain("/options/size");
    expect(await codeOf(test.call("go", { file: 7 }))).toContain("/file");
    expect(await codeOf(test.call("go", {}))).toContain("file");
    const many = [1, 2, 3, 4].map(() => new Blob(["x"]));
    expect(await codeOf(test.call("go", { file, pages: many }))).toContain("/pages");
  });

  test("can be read once, and says so", async () => {
    const test = harness(async ({ file }) => [await file.text(), await codeOf(file.bytes())]);
    expect(await test.call("go", { file: new Blob(["x"]) })).toEqual([
      "x",
      expect.stringContaining("was read before"),
    ]);
  });

  test("is converted by a library's schema, whose texts in base64 of a type are files", async () => {
    const schema = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) => ({ value: { ...(value as object), added: true } }),
        jsonSchema: { input: () => object({ file: FILE }) },
      },
    };
    const plugin = definePlugin({
      tools: {
        go: tool({
          description: "Goes.",
          input: schema,
          run: async (input) => {
            const { file, added } = input as { file: InputFile; added: boolean };
            return [await file.text(), added];
          },
        }),
      },
    });
    expect(await createTestHarness(plugin).call("go", { file: new Blob(["x"]) })).toEqual(["x", true]);
  });

  const FIRST = "AAAA";
  test.each<[string, unknown, (pages: unknown) => unknown, unknown]>([
    ["shortens a list", ["x", "y"], (pages) => (pages as unknown[]).slice(0, 1), ["x"]],
    ["empties a list", ["x", "y"], () => [], []],
    ["makes a list of an object", { a: "x", length: "y" }, () => [FIRST, 1], [FIRST, 1]],
    ["makes a text of a list", ["x"], () => "none", "none"],
  ])("is what a library's schema makes of it when that %s", async (_, given, convert, expected) => {
    const pages = Array.isArray(given)
      ? { type: "array", items: FILE }
      : { type: "object", additionalProperties: FILE };
    const schema = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) => ({
          value: { pages: convert((value as { pages: unknown }).pages) },
        }),
        jsonSchema: { input: () => object({ pages: pages as JsonSchema }) },
      },
    };
    const textOf = async (page: unknown) =>
      typeof page === "object" && page !== null ? await (page as InputFile).text() : page;
    const plugin = definePlugin({
      tools: {
        go: tool({
          description: "Goes.",
          input: schema,
          run: async (input) => {
            const { pages } = input as { pages: unknown };
            return Array.isArray(pages) ? await Promise.all(pages.map(textOf)) : pages;
          },
        }),
      },
    });
    const files = Object.fromEntries(
      Object.entries(given as object).map(([name, text]) => [name, new Blob([text as string])]),
    );
    const input = { pages: Array.isArray(given) ? Object.values(files) : files };
    expect(await createTestHarness(plugin).call("go", input)).toEqual(expected);
  });
});

describe("a tool's answer with files", () => {
  const OUTPUT = object({ made: FILE, more: { type: "array", items: FILE }, note: { type: "string" } });
  const file = new Blob(["x"]);

  test.each([
    ["bytes", new TextEncoder().encode("Hi")],
    ["a buffer", new TextEncoder().encode("Hi").buffer],
    ["a blob", new Blob(["Hi"])],
    ["a file", new File(["Hi"], "hi.txt", { type: "text/x" })],
    ["base64", btoa("Hi")],
    ["anything that streams", { name: "hi.txt", stream: () => new Blob(["Hi"]).stream() }],
    ["a stream", new Blob(["Hi"]).stream()],
  ])("may be %s", async (_, made) => {
    const { made: answered, note } = (await harness(() => ({ made, note: "n" }), OUTPUT).call("go", {
      file,
    })) as {
      made: File;
      note: string;
    };
    expect([await answered.text(), note]).toEqual(["Hi", "n"]);
    expect(answered.name).toBe(typeof made === "object" && "name" in made ? "hi.txt" : "made");
    expect(answered.type).toBe(made instanceof File ? "text/x" : "text/plain");
  });

  test("is a file itself where the schema says so, a stream too", async () => {
    const answer = (await harness(() => new Blob(["Hi"]).stream(), FILE).call("go", { file })) as File;
    expect([await answer.text(), answer.name]).toEqual(["Hi", "file"]);
  });

  test("hands on what came, and leaves the plugin's own objects as they are", async () => {
    const own = { made: new Uint8Array([1]), more: [new Uint8Array([2])] };
    await harness(() => own, OUTPUT).call("go", { file });
    expect(own).toEqual({ made: new Uint8Array([1]), more: [new Uint8Array([2])] });
    const answer = (await harness(({ file: made }) => ({ made }), OUTPUT).call("go", {
      file: new File(["Hello"], "a.txt"),
    })) as { made: File };
    expect([answer.made.name, await answer.made.text()]).toEqual(["a.txt", "Hello"]);
  });

  test.each([
    ["is no file", { made: 7 }, "/made"],
    ["is a stream of something else", { made: ReadableStream.from(["text"]) }, "something else than bytes"],
    [
      "has more than it says",
      { made: { size: 1, stream: () => new Blob(["Hi"]).stream() } },
      "more than the 1",
    ],
    [
      "has less than it says",
      { made: { size: 3, stream: () => new Blob(["Hi"]).stream() } },
      "2 bytes and not the 3",
    ],
  ])("is the plugin's fault when it %s", async (_, answer, says) => {
    const outcome = await codeOf(harness(() => answer, OUTPUT).call("go", { file }));
    expect(outcome).toMatch(/^plugin_error/);
    expect(outcome).toContain(says);
  });
});
