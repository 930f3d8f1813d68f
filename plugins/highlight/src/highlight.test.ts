import { describe, expect, it } from "vitest";
import { guessLanguage, highlight, LANGUAGES } from "./highlight.ts";

describe("highlighting", () => {
  it("marks the words of a language", () => {
    const html = highlight('const a = "b";', "javascript");
    expect(html).toContain('<span class="hljs-keyword">const</span>');
    expect(html).toContain('<span class="hljs-string">&quot;b&quot;</span>');
  });

  it("leaves plain text as it is, and escapes it", () => {
    expect(highlight("<b> & <script>", null)).toBe("&lt;b&gt; &amp; &lt;script&gt;");
    expect(highlight("<img src=x onerror=alert(1)>", "no such language")).not.toContain("<img");
  });

  it("lets no markup through in any language", () => {
    for (const { name } of LANGUAGES)
      expect(highlight("<img src=x onerror=alert(1)>`<script>", name), name).not.toMatch(/<(?!\/?span)/);
  });

  it("guesses a language from the text", () => {
    expect(guessLanguage('{"a": [1, true, null], "b": {"c": "d"}}')).toBe("json");
    expect(LANGUAGES.length).toBeGreaterThan(30);
  });
});
