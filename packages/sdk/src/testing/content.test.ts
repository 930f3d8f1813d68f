import { expect, it } from "vitest";
import { definePlugin } from "../definitions.ts";
import { createTestHarness } from "./test-harness.ts";

const plugin = definePlugin({
  prompts: {
    greet: {
      arguments: { name: { required: true } },
      run: ({ name }, { settings }) => `Greet ${name} in ${settings.language}.`,
    },
  },
  resources: {
    page: {
      uri: "docs://pages/{page}",
      mediaType: "text/plain",
      read: ({ page }, { uri, project }) => [
        { text: `${page} at ${uri} for ${project}` },
        { uri: "docs://raw", bytes: new Uint8Array(70_000).fill(255) },
      ],
    },
  },
});
const harness = createTestHarness(plugin, { settings: { language: "German" }, project: "alpha" });

it("fills in prompts as the platform does", async () => {
  expect(await harness.getPrompt("greet", { name: "Ann" })).toEqual([
    { role: "user", content: { type: "text", text: "Greet Ann in German." } },
  ]);
  await expect(harness.getPrompt("greet")).rejects.toMatchObject({
    name: "InvalidInputError",
    errors: [{ pointer: "/name", message: "is required" }],
  });
  await expect(harness.getPrompt("leave")).rejects.toMatchObject({ code: "prompt_not_found" });
});

it("reads resources as the platform does", async () => {
  const [text, raw] = await harness.readResource("docs://pages/a%20b");
  expect(text).toEqual({
    uri: "docs://pages/a%20b",
    mediaType: "text/plain",
    text: "a b at docs://pages/a%20b for alpha",
  });
  expect(raw?.uri).toBe("docs://raw");
  expect(Buffer.from(raw?.data ?? "", "base64")).toEqual(Buffer.alloc(70_000, 255));
  await expect(harness.readResource("docs://other")).rejects.toMatchObject({ code: "resource_not_found" });
});
