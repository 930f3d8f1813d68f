import { expect, it } from "vitest";
import { definePlugin, tool } from "../index.ts";
import { createTestHarness } from "./index.ts";

const plugin = definePlugin({
  tools: {
    count: tool({
      description: "Says how far it is.",
      run: (_, { progress }) => {
        progress({ done: 1, total: 2 });
        progress({ done: 2, total: 2, message: "Done" });
        return 2;
      },
    }),
    show: tool({
      description: "Shows an image.",
      answers: "content",
      run: () => ["Look:", { type: "image", mediaType: "image/png", bytes: new Uint8Array([1, 2, 3]) }],
    }),
    order: tool({
      description: "Orders what somebody wants.",
      run: async (_, { elicit }) => {
        const { count } = await elicit({
          count: {
            message: "How many?",
            schema: { type: "object", properties: { number: { type: "integer" } } },
          },
        });
        return count?.content?.number ?? "none";
      },
    }),
  },
});

it("has all that a call says of how far it is", async () => {
  const harness = createTestHarness(plugin);
  await harness.call("count");
  expect(harness.progress).toEqual([
    { done: 1, total: 2 },
    { done: 2, total: 2, message: "Done" },
  ]);
});

it("has content as the HTTP API does", async () => {
  expect(await createTestHarness(plugin).call("show")).toEqual([
    { type: "text", text: "Look:" },
    { type: "image", mediaType: "image/png", data: "AQID" },
  ]);
});

it("answers what a tool asks, and refuses where the test says no answer", async () => {
  const elicit = () => ({ count: { action: "accept", content: { number: 3 } } });
  expect(await createTestHarness(plugin, { elicit }).call("order")).toBe(3);
  await expect(createTestHarness(plugin).call("order")).rejects.toMatchObject({ code: "nobody_to_ask" });
});
