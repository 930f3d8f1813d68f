import { describe, expect, it } from "vitest";
import { matchUri, uriTemplateFault } from "./uri-template.ts";

describe("templates of addresses", () => {
  it.each([
    ["docs://guide", "docs://guide", {}],
    ["docs://guide", "docs://guides", null],
    ["docs://pages/{page}", "docs://pages/start", { page: "start" }],
    ["docs://pages/{page}", "docs://pages/", null],
    ["docs://pages/{page}", "docs://pages/a/b", null],
    ["docs://pages/{page}", "docs://pages/a%2Fb%20c", { page: "a/b c" }],
    ["docs://pages/{page}", "docs://pages/%E0%A4%A", null],
    ["t://{a}/{b}.json", "t://x/y.json", { a: "x", b: "y" }],
    ["t://{a}/{b}.json", "t://x/y.json.json", { a: "x", b: "y.json" }],
    ["t://{a}/{b}.json", "t://x/y.jso", null],
    ["t://a{a}a", "t://aa", null],
    ["t://{a}", "t://__proto__", { a: "__proto__" }],
  ])("%s says of %s: %j", (template, uri, values) => expect(matchUri(template, uri)).toEqual(values));

  it.each([
    ["docs://pages/{page}", null],
    ["docs://{}", /no variable/],
    ["docs://{+path}", /no variable/],
    ["docs://{a}{b}", /some text/],
    ["docs://{a}/{a}", /twice/],
    ["docs://{a", /brace/],
    ["docs://a}", /brace/],
    [`docs://${Array.from({ length: 11 }, (_, index) => `{v${index}}/`).join("")}`, /more than 10/],
  ])("%s is judged", (template, fault) => {
    const found = uriTemplateFault(template);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
});
