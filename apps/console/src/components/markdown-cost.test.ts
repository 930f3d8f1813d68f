import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { describe, expect, it } from "vitest";
import { isCheapMarkdown } from "./markdown-cost.ts";

const BYTES = 256 * 1024;
/** Under load, in a process that has compiled nothing yet. An unbounded text takes minutes. */
const SHOWN_MS = 4_000;

const filled = (part: string, characters: number) =>
  part.repeat(Math.ceil(characters / part.length)).slice(0, characters);
const table = (columns: number, rows: number) =>
  `|${"a|".repeat(columns)}\n|${"-|".repeat(columns)}\n${"|a|\n".repeat(rows)}`;

const KINDS: Readonly<Record<string, (characters: number) => string>> = {
  "nested quotations": (n) => filled(">", n),
  "lines of quotations": (n) => filled("> a\n", n),
  "open emphasis": (n) => filled("**x* ", n),
  "mixed emphasis": (n) => filled("*a_ ", n),
  footnotes: (n) => `[^1]: x\n\n${filled("[^1]", n)}`,
  "open links": (n) => filled("[a](", n),
  "open brackets": (n) => filled("[", n),
  pictures: (n) => filled("![", n),
  references: (n) => filled("[a][b]", n),
  definitions: (n) => filled("[a]: b\n", n),
  "empty items": (n) => filled("-\n", n),
  "loose items": (n) => filled("- a\n\n", n),
  "nested items": (n) => filled("- ", n),
  headings: (n) => filled("# a\n", n),
  code: (n) => filled("` `` ", n),
  "open tags": (n) => filled("<a ", n),
  addresses: (n) => filled("www.a.b ", n),
  paragraphs: (n) => filled("a\n\n", n),
  "a table of short rows": (n) => table(Math.ceil(Math.sqrt(n)), Math.ceil(Math.sqrt(n))),
  "a list that goes deeper": (n) =>
    Array.from({ length: Math.ceil(Math.sqrt(n)) }, (_, level) => `${" ".repeat(2 * level)}- a`).join("\n"),
};

describe("Markdown from anybody", () => {
  it.each(Object.entries(KINDS))("is not parsed when it is too much of %s", (_kind, make) => {
    const started = performance.now();
    expect(isCheapMarkdown(make(BYTES))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each(Object.entries(KINDS))(
    "that passes with as much as it may of %s is shown in time",
    (_kind, make) => {
      const largest = [64, 32, 16, 8, 4, 2, 1].map((part) => make(part * 1024)).find(isCheapMarkdown) ?? "";
      const started = performance.now();
      renderToStaticMarkup(createElement(ReactMarkdown, { remarkPlugins: [remarkGfm] }, largest));
      expect(performance.now() - started).toBeLessThan(SHOWN_MS);
    },
  );

  it("is shown as it is meant when it is an ordinary README", () => {
    const section =
      "## Use\n\nRun `npx thing` and *see* [the guide](https://example.com).\n\n- one\n- two **bold**\n\n";
    expect(isCheapMarkdown(section.repeat(300))).toBe(true);
    expect(isCheapMarkdown(table(6, 200))).toBe(true);
  });
});
