import { ChatRequest, MODEL_FORMATS, schemaErrors } from "@patchbay/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestOf } from "../testing/arbitrary-requests.ts";
import { FORMATS } from "./formats.ts";

describe.each(MODEL_FORMATS)("a request in the format %s", (name) => {
  const format = FORMATS[name];

  it("is understood as it was written", () => {
    fc.assert(
      fc.property(requestOf(name), (request) => {
        // As it comes over the wire.
        const body: unknown = JSON.parse(JSON.stringify(format.writeRequest(request)));
        expect(format.readRequest(body)).toEqual(request);
      }),
      { numRuns: 100 },
    );
  });

  it("has the internal form whenever it is understood", () => {
    fc.assert(
      fc.property(requestOf(name), (request) => {
        expect(schemaErrors(ChatRequest, format.readRequest(format.writeRequest(request)))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a choice of the type allowed_tools", () => {
  const names = ["weather", "time", "place"];
  const chosen = { tools: [{ name: "time" }, { name: "place" }], toolChoice: "required" };

  it("leaves the tools that it allows, in both of OpenAI's formats", () => {
    const messages = [{ role: "user", content: "Hi" }];
    const inChat = (name: string) => ({ type: "function", function: { name } });
    const ofChat = FORMATS["openai-chat"].readRequest({
      model: "m",
      messages,
      tools: names.map(inChat),
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [inChat("place"), inChat("time")] },
      },
    });
    expect(ofChat).toMatchObject(chosen);
    const inResponses = (name: string) => ({ type: "function", name });
    const ofResponses = FORMATS["openai-responses"].readRequest({
      model: "m",
      input: messages,
      tools: names.map(inResponses),
      tool_choice: {
        type: "allowed_tools",
        mode: "required",
        tools: [inResponses("place"), inResponses("time")],
      },
    });
    expect(ofResponses).toMatchObject(chosen);
  });
});
