import type { ChatMessage } from "@patchbay/protocol";
import { expect, it } from "vitest";
import { MediaMarks } from "./media-marks.ts";

const image = (data: string) => ({
  type: "image" as const,
  source: { type: "bytes" as const, mediaType: "image/png", data },
});
const text = (words: string) => ({ type: "text" as const, text: words });
const MESSAGES: ChatMessage[] = [
  { role: "system", parts: [text("media:0")] },
  {
    role: "user",
    parts: [
      image("AAAA"),
      { type: "image", source: { type: "url", url: "https://a.example/b.png" } },
      { type: "audio", mediaType: "audio/wav", data: "BBBB" },
      {
        type: "file",
        name: "a.pdf",
        source: { type: "bytes", mediaType: "application/pdf", data: "media:0" },
      },
    ],
  },
  { role: "tool", parts: [{ type: "tool_result", callId: "c", parts: [text("x"), image("CCCC")] }] },
];

it("takes out what is large, and puts it back where its mark stands", () => {
  const marks = new MediaMarks(MESSAGES);
  expect(JSON.stringify(marks.messages)).not.toMatch(/AAAA|BBBB|CCCC/);
  expect(marks.restore(marks.messages)).toEqual(MESSAGES);
  expect(marks.messages[0]).toBe(MESSAGES[0]);
  const [, user] = marks.messages;
  expect(marks.restore([user as ChatMessage])).toEqual([MESSAGES[1]]);
});

it("leaves what is no mark of its own, and puts nothing in twice", () => {
  const marks = new MediaMarks(MESSAGES);
  const other: ChatMessage = { role: "user", parts: [image("DDDD"), image("media:99")] };
  expect(marks.restore([other])).toEqual([other]);
  const twice: ChatMessage = { role: "user", parts: [image("media:0"), image("media:0")] };
  expect(marks.restore([twice])).toBeNull();
});
