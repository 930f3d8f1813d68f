import { MODEL_FORMATS, type ModelFormat, PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestOf } from "../testing/arbitrary-requests.ts";
import { changeOne } from "../testing/change-one.ts";
import { FORMATS } from "./formats.ts";

const faultsOf = (name: ModelFormat, body: unknown): string[] => {
  try {
    FORMATS[name].readRequest(body);
    return [];
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    expect(error.code).toBe("invalid_request");
    return error.errors.map(({ pointer }) => pointer);
  }
};

const hi = { role: "user", content: "Hi" };
const chat = (more: object) => ({ model: "m", messages: [hi], ...more });
const responses = (more: object) => ({ model: "m", input: "Hi", ...more });
const messages = (more: object) => ({ model: "m", max_tokens: 10, messages: [hi], ...more });

const REFUSED: readonly (readonly [ModelFormat, unknown, readonly string[]])[] = [
  ["openai-chat", null, [""]],
  ["openai-chat", [], [""]],
  ["openai-chat", {}, ["/model", "/messages"]],
  ["openai-chat", chat({ model: "" }), ["/model"]],
  ["openai-chat", chat({ messages: "Hi" }), ["/messages"]],
  ["openai-chat", chat({ messages: [hi, { role: "wizard", content: "" }] }), ["/messages/1/role"]],
  ["openai-chat", chat({ messages: [{ role: "user" }] }), ["/messages/0/content"]],
  [
    "openai-chat",
    chat({ messages: [{ role: "user", content: [{ type: "video" }] }] }),
    ["/messages/0/content/0/type"],
  ],
  ["openai-chat", chat({ messages: [{ role: "tool", content: "x" }] }), ["/messages/0/tool_call_id"]],
  [
    "openai-chat",
    chat({ messages: [{ role: "assistant", tool_calls: [{ id: "a", function: { arguments: "" } }] }] }),
    ["/messages/0/tool_calls/0/function/name"],
  ],
  ["openai-chat", chat({ n: 2 }), ["/n"]],
  ["openai-chat", chat({ logprobs: true }), ["/logprobs"]],
  ["openai-chat", chat({ modalities: ["text", "audio"] }), ["/modalities"]],
  ["openai-chat", chat({ functions: [{ name: "f" }] }), ["/functions"]],
  ["openai-chat", chat({ tools: [{ type: "custom", custom: { name: "f" } }] }), ["/tools/0/type"]],
  ["openai-chat", chat({ tool_choice: "some" }), ["/tool_choice"]],
  [
    "openai-chat",
    chat({
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "any", tools: [{ type: "function", function: { name: "g" } }] },
      },
    }),
    ["/tool_choice/allowed_tools/tools/0/name", "/tool_choice/allowed_tools/mode"],
  ],
  ["openai-chat", chat({ tool_choice: { type: "allowed_tools" } }), ["/tool_choice/allowed_tools"]],
  [
    "openai-responses",
    responses({
      tools: [{ type: "function", name: "f" }],
      tool_choice: { type: "allowed_tools", tools: [] },
    }),
    ["/tool_choice/tools", "/tool_choice/mode"],
  ],
  ["openai-chat", chat({ temperature: "warm" }), ["/temperature"]],
  ["openai-chat", chat({ max_tokens: 0 }), ["/max_tokens"]],
  ["openai-chat", chat({ response_format: { type: "json_schema" } }), ["/response_format/json_schema"]],
  ["openai-responses", responses({ previous_response_id: "resp_1" }), ["/previous_response_id"]],
  ["openai-responses", responses({ conversation: "conv_1" }), ["/conversation"]],
  ["openai-responses", responses({ background: true }), ["/background"]],
  ["openai-responses", responses({ input: [] }), ["/input"]],
  ["openai-responses", responses({ input: [{ type: "item_reference", id: "msg_1" }] }), ["/input/0/id"]],
  ["openai-responses", responses({ input: [{ type: "computer_call" }, hi] }), ["/input/0/type"]],
  ["openai-responses", responses({ tools: [{ type: "web_search" }] }), ["/tools/0/type"]],
  [
    "openai-responses",
    responses({ input: [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }] }),
    ["/input/0/content/0/file_id", "/input/0/content/0/image_url"],
  ],
  ["anthropic-messages", messages({ messages: [] }), ["/messages"]],
  [
    "anthropic-messages",
    messages({ tools: [{ type: "web_search_20250305", name: "web_search" }] }),
    ["/tools/0/type"],
  ],
  ["anthropic-messages", messages({ container: "c" }), ["/container"]],
  ["anthropic-messages", messages({ thinking: { type: "enabled" } }), ["/thinking/budget_tokens"]],
  [
    "anthropic-messages",
    messages({
      messages: [{ role: "user", content: [{ type: "image", source: { type: "file", file_id: "f" } }] }],
    }),
    ["/messages/0/content/0/source/type"],
  ],
  [
    "anthropic-messages",
    messages({ messages: [hi, { role: "assistant", content: [{ type: "server_tool_use" }] }] }),
    ["/messages/1/content/0/type"],
  ],
];

describe("a request that cannot be understood, or not be carried", () => {
  it.each(REFUSED)("is refused with the place of each fault (%s %j)", (name, body, pointers) => {
    expect(faultsOf(name, body)).toEqual(pointers);
  });

  it.each(MODEL_FORMATS)("is refused in no other way, whatever was changed in it (%s)", (name) => {
    const format = FORMATS[name];
    const junk = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant([]),
      fc.constant({}),
      fc.constant([null, 1, "a", [[]]]),
    );
    fc.assert(
      fc.property(requestOf(name), fc.nat(), junk, (request, place, value) => {
        faultsOf(name, changeOne(format.writeRequest(request), place, value));
      }),
      { numRuns: 100 },
    );
  });

  it("does not carry JSON that nests without end", () => {
    const deep = JSON.parse(`${'{"a":['.repeat(20_000)}${"]}".repeat(20_000)}`) as object;
    const tool = { name: "f", parameters: deep, input_schema: deep };
    const call = { type: "tool_use", id: "a", name: "f", input: deep };
    const asked = messages({ tools: [tool], messages: [hi, { role: "assistant", content: [call] }] });
    expect(faultsOf("anthropic-messages", asked)).toEqual([
      "/messages/1/content/0/input",
      "/tools/0/input_schema",
    ]);
    expect(faultsOf("openai-responses", responses({ tools: [{ type: "function", ...tool }] }))).toEqual([
      "/tools/0/parameters",
    ]);
    const format = { type: "json_schema", json_schema: { name: "a", schema: deep } };
    expect(faultsOf("openai-chat", chat({ response_format: format }))).toEqual([
      "/response_format/json_schema/schema",
    ]);
  });

  it("tells some faults and not thousands", () => {
    const many = Array.from({ length: 5_000 }, () => ({ role: "wizard" }));
    expect(faultsOf("openai-chat", chat({ messages: many })).length).toBe(20);
  });
});

describe("a request with fields that nobody knows, or that steer price and speed alone", () => {
  it.each([
    [
      "openai-chat",
      chat({
        service_tier: "flex",
        store: true,
        prompt_cache_key: "k",
        unknown: { a: 1 },
        n: 1,
        logprobs: false,
        modalities: ["text"],
      }),
    ],
    [
      "openai-responses",
      responses({
        service_tier: "flex",
        truncation: "auto",
        unknown: 1,
        background: false,
        include: ["web_search_call.results"],
      }),
    ],
    [
      "anthropic-messages",
      messages({ service_tier: "auto", cache_control: { type: "ephemeral" }, unknown: [], speed: "fast" }),
    ],
  ] as const)("is understood (%s)", (name, body) => {
    expect(FORMATS[name].readRequest(body).messages).toEqual([
      { role: "user", parts: [{ type: "text", text: "Hi" }] },
    ]);
  });
});
