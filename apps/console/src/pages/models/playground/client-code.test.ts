import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { CLIENTS, type CodedQuestion, codeOf } from "./client-code.ts";

const schema = { type: "object", properties: { city: { type: "string" } } };
const question: CodedQuestion = {
  url: "http://127.0.0.1:4700",
  body: {
    model: "echo/echo",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: 'King\'s Lynn $HOME `x` \\ "q"\nEnd' },
    ],
    temperature: 0.5,
    max_completion_tokens: 100,
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  },
  stream: true,
  project: "kitchen",
};

describe("a question as code", () => {
  it("survives a shell as it is, whatever is in it", () => {
    const words = execFileSync("sh", ["-c", codeOf("curl", question).replace(/^curl/, "printf '%s\\0'")], {
      encoding: "utf8",
      env: { PATCHBAY_API_KEY: "pb_x" },
    }).split("\0");
    expect(words.slice(0, 2)).toEqual(["-N", "http://127.0.0.1:4700/v1/chat/completions"]);
    expect(words).toEqual(
      expect.arrayContaining(["Authorization: Bearer pb_x", "patchbay-project: kitchen"]),
    );
    expect(JSON.parse(words[words.indexOf("-d") + 1] ?? "")).toEqual({ ...question.body, stream: true });
  });

  it.each(CLIENTS)("has what was asked and no key, for %s", (client) => {
    const code = codeOf(client, question);
    for (const said of ["echo/echo", "Be brief.", "kitchen", '"city"', "0.5", "100"])
      expect(code).toContain(said);
    expect(code).toContain("PATCHBAY_API_KEY");
    const whole = codeOf(client, { ...question, stream: false, project: undefined });
    expect(whole).not.toMatch(/stream|kitchen|patchbay-project/i);
  });
});
