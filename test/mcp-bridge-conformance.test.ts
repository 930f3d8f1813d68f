import { afterAll, beforeAll, expect, it } from "vitest";
import { runClientConformance } from "./support/mcp-conformance.ts";
import { startOrganization, type TestOrganization } from "./support/organization.ts";

let parts: TestOrganization;

beforeAll(async () => {
  parts = await startOrganization({ PATCHBAY_EGRESS_ALLOW_PRIVATE: "127.0.0.1" });
});
afterAll(async () => await parts?.stop());

it.each([
  ...["initialize", "tools_call", "sse-retry", "request-metadata"],
  ...["http-standard-headers", "http-invalid-tool-headers"],
  ...["json-schema-ref-no-deref", "json-schema-2020-12-preservation", "sep-2322-client-request-state"],
])("the bridge passes %s of the suite's scenarios for clients", async (scenario) => {
  const { failed, output } = await runClientConformance(parts.server.url, scenario);
  expect(failed, output).toEqual([]);
});

it("the bridge sends the headers that a tool wants, and leaves out none but those of inputs that do not fit the schema", async () => {
  const { failed, output } = await runClientConformance(parts.server.url, "http-custom-headers");
  // Where the schema wants a boolean, null is refused before any server sees it.
  expect(failed, output).toEqual([expect.stringContaining("sep-2243-client-omit-null")]);
});
