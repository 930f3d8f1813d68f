import { type ChatEvent, gatherAnswer } from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerOf } from "../../testing/arbitrary-answers.ts";
import { deltasOf, streamOf } from "../../testing/deltas-of.ts";
import { OPENAI_RESPONSES } from "./openai-responses.ts";
import { answerIdOfItem, inputItemId, listedItem, readState, resolveState } from "./state.ts";

describe("the state that a request of responses names", () => {
  it("is what it goes on from, what it refers to, and whether it is to be kept", () => {
    const input = [
      { type: "item_reference", id: "msg_a_0" },
      { id: "rs_a_1" },
      { role: "user", content: "Hi", id: "x" },
    ];
    expect(readState({ previous_response_id: "resp_a", input })).toEqual({
      store: true,
      previousId: "a",
      referenced: ["msg_a_0", "rs_a_1"],
    });
    expect(readState({ store: false, input: "Hi" })).toEqual({ store: false, referenced: [] });
    expect(readState(null)).toEqual({ store: true, referenced: [] });
  });

  it("stands in the input once it is resolved", () => {
    const known = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] };
    const find = (id: string) => (id === "msg_a_0" ? known : undefined);
    const unknown = { type: "item_reference", id: "msg_b_0" };
    const body = {
      model: "m",
      previous_response_id: "resp_a",
      input: [{ type: "item_reference", id: "msg_a_0" }, unknown],
    };
    const earlier = [{ role: "user", content: "Before" }];
    expect(resolveState(body, earlier, find)).toEqual({ model: "m", input: [...earlier, known, unknown] });
    expect(resolveState({ input: "Hi" }, [], find)).toEqual({ input: [{ role: "user", content: "Hi" }] });
  });

  it("is found by the id of an item", () => {
    expect(answerIdOfItem("msg_0f_1_12")).toBe("0f_1");
    expect(answerIdOfItem("fc_abc")).toBeUndefined();
    const result = { type: "function_call_output", call_id: "1", output: "Rain." };
    expect(answerIdOfItem(inputItemId("0f", result, 3))).toBe("0f");
  });

  it("lists an input item by item, each under an id of its own", () => {
    const input = [
      { role: "user", content: "Hi", id: "same" },
      { role: "assistant", content: "Hello", id: "same" },
      { type: "function_call_output", call_id: "1", output: "Rain." },
    ];
    expect(input.map((item, index) => listedItem("0f", item, index))).toEqual([
      {
        id: "msg_0f_i0",
        type: "message",
        status: "completed",
        role: "user",
        content: [{ type: "input_text", text: "Hi" }],
      },
      {
        id: "msg_0f_i1",
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "Hello" }],
      },
      { id: "fco_0f_i2", type: "function_call_output", call_id: "1", output: "Rain." },
    ]);
  });
});

/** The last event of a stream, before its last word. A text may hold U+2028, which ends no line here, though it does for `.` in a pattern. */
const lastOf = (stream: string): { readonly response: unknown } =>
  JSON.parse(/data: ([^\n]*)\n\ndata: \[DONE\]\n\n$/.exec(stream)?.[1] ?? "");

describe("an answer that was streamed", () => {
  it("ends with the same as one that was sent whole, so that what is kept is what its client has", () => {
    fc.assert(
      fc.property(answerOf("openai-responses"), fc.boolean(), (answer, store) => {
        const head = { id: "abc", model: "m", createdAt: new Date(0), store, previousId: "before" };
        const events = deltasOf(answer);
        const last = lastOf(streamOf(OPENAI_RESPONSES.writeEvents(head), events));
        const gathered = gatherAnswer(events);
        if (!gathered.ok) throw new Error("It is no whole answer.");
        const whole = JSON.parse(
          JSON.stringify(OPENAI_RESPONSES.writeAnswer(gathered.value, head)),
        ) as unknown;
        expect(last.response).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  it("ends with the same when its text breaks lines in a way that JSON and events do not", () => {
    const head = { id: "abc", model: "m", createdAt: new Date(0) };
    const events: ChatEvent[] = [
      { type: "text", text: "a\u2028b\u2029c\u0085d\u000be" },
      { type: "finish", reason: "stop" },
    ];
    const last = lastOf(streamOf(OPENAI_RESPONSES.writeEvents(head), events));
    const gathered = gatherAnswer(events);
    expect(gathered.ok && OPENAI_RESPONSES.writeAnswer(gathered.value, head)).toEqual(last.response);
  });

  it("ends with the same when the model told nothing in between", () => {
    const head = { id: "abc", model: "m", createdAt: new Date(0) };
    const events: ChatEvent[] = [
      { type: "reasoning", text: "" },
      { type: "reasoning_end" },
      { type: "text", text: "" },
      { type: "tool_call", id: "1", name: "weather" },
      { type: "tool_call", id: "1", name: "again" },
      { type: "text", text: "Hi" },
      { type: "tool_call_arguments", id: "1", text: "{}" },
      { type: "finish", reason: "tool_calls" },
    ];
    const last = lastOf(streamOf(OPENAI_RESPONSES.writeEvents(head), events));
    const gathered = gatherAnswer(events);
    expect(gathered.ok && OPENAI_RESPONSES.writeAnswer(gathered.value, head)).toEqual(last.response);
  });

  it("says at its end whether it could be kept", () => {
    const head = { id: "abc", model: "m", createdAt: new Date(0), store: true };
    const writer = OPENAI_RESPONSES.writeEvents(head);
    const begun = writer.write({ type: "text", text: "Hi" });
    writer.write({ type: "finish", reason: "stop" });
    head.store = false;
    expect([begun.includes('"store":true'), writer.end().includes('"store":false')]).toEqual([true, true]);
  });
});
