import {
  MODEL_ERROR_CODES,
  MODEL_FORMATS,
  ModelError,
  type ModelFormat,
  schemaErrors,
} from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { FORMATS } from "./formats.ts";
import { toClientError } from "./shared/client-errors.ts";

const READ: readonly (readonly [ModelFormat, number, unknown, string])[] = [
  [
    "openai-chat",
    400,
    {
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        code: "context_length_exceeded",
      },
    },
    "context_too_long",
  ],
  ["openai-chat", 400, { error: { message: "Filtered.", code: "content_filter" } }, "content_filter"],
  [
    "openai-chat",
    401,
    { error: { message: "Incorrect API key provided.", code: "invalid_api_key" } },
    "key_refused",
  ],
  ["openai-chat", 404, { error: { message: "No such model.", code: "model_not_found" } }, "model_not_found"],
  ["openai-chat", 429, { error: { message: "Slow down.", code: "rate_limit_exceeded" } }, "rate_limited"],
  [
    "openai-chat",
    429,
    { error: { message: "You exceeded your quota.", code: "insufficient_quota" } },
    "rate_limited",
  ],
  ["openai-chat", 400, { error: "model is required" }, "invalid_request"],
  ["openai-chat", 422, { detail: "bad" }, "invalid_request"],
  ["openai-chat", 500, "<html>Internal Server Error</html>", "upstream_failed"],
  ["openai-chat", 502, undefined, "upstream_failed"],
  ["openai-chat", 504, null, "timeout"],
  ["openai-responses", 403, { error: { message: "Not allowed." } }, "access_refused"],
  [
    "anthropic-messages",
    400,
    { type: "error", error: { type: "invalid_request_error", message: "prompt is too long: 9 tokens" } },
    "context_too_long",
  ],
  [
    "anthropic-messages",
    400,
    { type: "error", error: { type: "invalid_request_error", message: "max_tokens: required" } },
    "invalid_request",
  ],
  [
    "anthropic-messages",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "overloaded",
  ],
  [
    "anthropic-messages",
    429,
    { type: "error", error: { type: "rate_limit_error", message: "Too many" } },
    "rate_limited",
  ],
];

describe("an error of an upstream", () => {
  it.each(READ)("is known for what it is (%s %d %j)", (name, status, body, code) => {
    const error = FORMATS[name].readError(status, body);
    expect(error).toMatchObject({ code, status });
    expect(error.message).not.toBe("");
    expect(schemaErrors(ModelError, error)).toEqual([]);
  });

  it("is cut to length", () => {
    const error = FORMATS["openai-chat"].readError(500, { error: { message: "x".repeat(100_000) } });
    expect(schemaErrors(ModelError, error)).toEqual([]);
  });
});

describe("an error for a client", () => {
  it.each(MODEL_FORMATS)("can be read by those who speak %s, code for code", (name) => {
    const format = FORMATS[name];
    for (const code of MODEL_ERROR_CODES) {
      const error = toClientError({ code, message: "A sentence.", status: 418 });
      expect(error.status).not.toBe(418);
      const read = format.readError(error.status, format.writeError(error));
      expect(read).toMatchObject({ message: error.message, status: error.status });
    }
  });

  it("has the form of its format", () => {
    const error = { status: 429, code: "rate_limited", message: "Too many.", retryAfterSeconds: 2.5 };
    const message = "Too many. Try again in 3 seconds.";
    const openAi = { message, type: "rate_limit_error", param: null, code: "rate_limit_exceeded" };
    expect(FORMATS["openai-chat"].writeError(error)).toEqual({ error: openAi });
    expect(FORMATS["openai-responses"].writeError(error)).toEqual({ error: { ...openAi, param: "" } });
    expect(FORMATS["anthropic-messages"].writeError(error)).toEqual({
      type: "error",
      error: { type: "rate_limit_error", message, details: { error_code: "rate_limited" } },
      request_id: null,
    });
  });

  it.each(MODEL_FORMATS)("does not tell what concerns the key of the upstream (%s)", (name) => {
    const writer = FORMATS[name].writeEvents({ id: "a", model: "m", createdAt: new Date(0) });
    const text = writer.fail({
      code: "key_refused",
      message: "Incorrect API key: sk-12***89.",
      status: 401,
    });
    expect(text).not.toMatch(/authentication_error|401|sk-/);
    expect(text).toContain("does not accept the key");
  });
});
