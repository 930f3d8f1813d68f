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

  it("sends files from where it is run, as a form that a shell and curl take as it is", () => {
    const names = ["it's $HOME.txt", 'a "b"\\.bin'];
    const pages = names.map((name) => new File(["x"], name));
    const words = execFileSync(
      "sh",
      ["-c", curlOf({ ...call, input: { pages } }).replace(/^curl/, "printf '%s\\0'")],
      {
        encoding: "utf8",
        env: { PATCHBAY_API_KEY: "pb_x" },
      },
    ).split("\0");
    expect(words).toContain('input={"pages":[null,null]}');
    expect(words).toContain("project=kitchen");
    expect(words).toContain('parts=[{"path":"pages/0"},{"path":"pages/1"}]');
    expect(words).toContain(`/pages/0=@"it's $HOME.txt"`);
    expect(words).toContain('/pages/1=@"a \\"b\\"\\\\.bin"');
    const code = typeScriptOf({ ...call, input: { pages } });
    expect(code).toContain('import { openAsBlob } from "node:fs";');
    expect(code).toContain(
      `{ path: "pages/0", name: "it's $HOME.txt", content: await openAsBlob("it's $HOME.txt") },`,
    );
  });
});
