import {
  type AssistantPart,
  type ChatAnswer,
  ChatEvent,
  gatherAnswer,
  MODEL_FORMATS,
  schemaErrors,
} from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOf } from "../testing/arbitrary-answers.ts";
import { deltasOf, streamOf } from "../testing/deltas-of.ts";
import type { Format } from "./format.ts";
import { FORMATS } from "./formats.ts";
import { SSE_DONE } from "./shared/sse.ts";

const request = { model: "m", messages: [], includeUsage: true };
const HEAD = { id: "abc", model: "some-model", createdAt: new Date(1_700_000_000_000), request };

const PREFIXES = { "openai-chat": "chatcmpl-", "openai-responses": "resp_", "anthropic-messages": "msg_" };

/** The id of an item of a response is no proof; it says nothing by itself. */
const withoutBareIds = ({ parts, ...answer }: ChatAnswer): ChatAnswer => ({
  ...answer,
  parts: parts.map((part): AssistantPart => {
    if (part.type !== "reasoning" || part.signature || part.redacted || part.encrypted) return part;
    const { id: _id, ...rest } = part;
    return rest;
  }),
});

const readAll = (format: Format, pieces: readonly Uint8Array[]) => {
  const reader = format.readEvents();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};

const cutAt = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
};

describe.each(MODEL_FORMATS)("an answer in the format %s", (name) => {
  const format = FORMATS[name];
  const told = (answer: ChatAnswer) => ({ id: `${PREFIXES[name]}abc`, model: HEAD.model, ...answer });

  it("is the same when it was streamed, wherever the stream was cut into pieces", () => {
    fc.assert(
      fc.property(answerOf(name), fc.array(fc.nat(), { maxLength: 8 }), (answer, cuts) => {
        const bytes = new TextEncoder().encode(streamOf(format.writeEvents(HEAD), deltasOf(answer)));
        const events = readAll(format, cutAt(bytes, cuts));
        for (const event of events) expect(schemaErrors(ChatEvent, event)).toEqual([]);
        const gathered = gatherAnswer(events);
        expect(gathered.ok && withoutBareIds(gathered.value)).toEqual(withoutBareIds(told(answer)));
      }),
      { numRuns: 100 },
    );
  });

  it("is the same when it was sent whole", () => {
    fc.assert(
      fc.property(answerOf(name), (answer) => {
        const body: unknown = JSON.parse(JSON.stringify(format.writeAnswer(answer, HEAD)));
        expect(withoutBareIds(format.readAnswer(body))).toEqual(withoutBareIds(told(answer)));
      }),
      { numRuns: 100 },
    );
  });

  it("is never taken for whole when the stream broke off before its end", () => {
    fc.assert(
      fc.property(answerOf(name), fc.nat(), (answer, place) => {
        const stream = streamOf(format.writeEvents(HEAD), deltasOf(answer));
        // The event before the last word of a response has all of it.
        const whole = name === "openai-responses" ? stream.slice(0, -SSE_DONE.length) : stream;
        const bytes = new TextEncoder().encode(whole.trimEnd());
        const events = readAll(format, [bytes.subarray(0, place % bytes.length)]);
        expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "cut" } });
        expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
        expect(gatherAnswer(events).ok).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  it("that fails on its way ends with an error, and with nothing after it", () => {
    const writer = format.writeEvents(HEAD);
    const events = [{ type: "start" as const }, { type: "text" as const, text: "Half an ans" }];
    const error = { code: "upstream_failed" as const, message: "It broke." };
    const text = events.map((event) => writer.write(event)).join("") + writer.fail(error);
    expect(
      writer.write({ type: "text", text: "wer" }) + writer.end() + writer.fail(error) + writer.ping(),
    ).toBe("");
    const read = readAll(format, [new TextEncoder().encode(text)]);
    expect(read.at(-1)).toMatchObject({ type: "error", error: { message: "It broke." } });
    expect(text).not.toMatch(/"finish_reason":"|message_stop|response\.completed/);
  });

  it("that was given no end is ended as a failure", () => {
    const writer = format.writeEvents(HEAD);
    const text = writer.write({ type: "text", text: "Half" }) + writer.end();
    expect(readAll(format, [new TextEncoder().encode(text)]).at(-1)?.type).toBe("error");
  });

  it("is kept awake without being changed", () => {
    const writer = format.writeEvents(HEAD);
    const answer: ChatAnswer = { parts: [{ type: "text", text: "Hello there" }], finish: "stop" };
    const text =
      deltasOf(answer)
        .map((event) => writer.ping() + writer.write(event))
        .join("") + writer.end();
    const gathered = gatherAnswer(readAll(format, [new TextEncoder().encode(text)]));
    expect(gathered).toMatchObject({ ok: true, value: { parts: answer.parts, finish: "stop" } });
  });
});
