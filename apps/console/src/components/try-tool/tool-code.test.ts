import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type CodedCall, curlOf, typeScriptOf } from "./tool-code.ts";

const call: CodedCall = {
  url: "http://127.0.0.1:4700",
  org: "default",
  plugin: "acme.geo",
  tool: "locate",
  input: { place: 'King\'s Lynn $HOME `x` \\ "q"\nEnd' },
  project: "kitchen",
};

describe("a call of a tool as code", () => {
  it("survives a shell as it is, whatever is in the input", () => {
    const words = execFileSync("sh", ["-c", curlOf(call).replace(/^curl/, "printf '%s\\0'")], {
      encoding: "utf8",
      env: { PATCHBAY_API_KEY: "pb_x" },
    }).split("\0");
    expect(words[0]).toBe("http://127.0.0.1:4700/api/orgs/default/tools/acme.geo/locate");
    expect(words).toContain("Authorization: Bearer pb_x");
    expect(JSON.parse(words[words.indexOf("-d") + 1] ?? "")).toEqual({
      input: call.input,
      project: "kitchen",
    });
  });

  it("names the organization, plugin, tool, input and project in TypeScript", () => {
    const code = typeScriptOf(call);
    expect(code).toContain('organization: "default"');
    expect(code).toContain('client.tools.call("acme.geo", "locate", {');
    expect(code).toContain(JSON.stringify(call.input, null, 2).split("\n")[1]?.trim());
    expect(typeScriptOf({ ...call, project: undefined })).not.toContain("project");
  });
});
