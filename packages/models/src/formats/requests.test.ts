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
