import type { ChatMessage } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

const estimate = (parts: ChatMessage["parts"]) =>
  estimateTokens({ model: "m", messages: [{ role: "user", parts } as ChatMessage] });
const text = (text: string) => ({ type: "text" as const, text });
const image = {
  type: "image" as const,
  source: { type: "bytes" as const, mediaType: "image/png", data: "A".repeat(1_000_000) },
};

it("an estimate of tokens grows with the text, in bytes", () => {
  const some = estimate([text("word ".repeat(100))]);
  expect(some).toBeGreaterThan(100);
  expect(some).toBeLessThan(200);
  expect(estimate([text("ÄÖÜ".repeat(100))])).toBeGreaterThan(estimate([text("AOU".repeat(100))]));
});

it("an estimate takes an image for an image, however large and wherever it stands", () => {
  const one = estimate([image]);
  expect(one).toBeLessThan(2_000);
  const result = { type: "tool_result" as const, callId: "c", parts: [image, text("Hi")] };
  expect(estimate([result])).toBeLessThan(one + 100);
});
