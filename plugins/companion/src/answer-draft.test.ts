import { expect, it } from "vitest";
import { AnswerDraft } from "./answer-draft.ts";

const call = [
  { type: "text", text: "Let me " },
  { type: "text", text: "see." },
  { type: "tool_call", id: "1", name: "weather" },
  { type: "tool_call_arguments", id: "1", text: '{"city":' },
  { type: "tool_call_arguments", id: "1", text: '"Oslo"}' },
  { type: "tool_call_arguments", id: "2", text: "of none" },
  { type: "tool_call_end", id: "1" },
] as const;

it("has the calls of tools that a whole answer asks for, and of one that broke off none", () => {
  const draft = new AnswerDraft();
  for (const event of call) draft.add(event);
  const text = { type: "text", text: "Let me see." };
  expect(draft.message().parts).toEqual([text]);
  draft.add({ type: "finish", reason: "tool_calls" });
  const asked = { type: "tool_call", id: "1", name: "weather", arguments: '{"city":"Oslo"}' };
  expect(draft.message().parts).toEqual([text, asked]);
});
