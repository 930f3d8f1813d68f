import { describe, expect, it } from "vitest";
import { svgFault } from "./svg.ts";

const svg = (content: string) =>
  `<?xml version="1.0"?><!-- made --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">${content}</svg>\n`;
const LEVELS = [...Array(8).keys()];
/** Each level names the one before ten times. */
const tower = (level: (index: number, names: string) => string, reference: (id: string) => string) =>
  LEVELS.map((index) => level(index, reference(`l${index - 1}`).repeat(index === 0 ? 1 : 10))).join("");

describe("an SVG icon", () => {
  it.each([
    [
      '<path d="M0 0h8v8z" fill="url(#a)"/><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient>',
    ],
    ["<style>.a, .b { fill: #fff; stroke-width: 2px }</style><g class='a'><circle r='2'/></g>"],
    ['<defs><g id="a"><rect width="1" height="1"/></g></defs><use href="#a"/><use xlink:href="#a" x="2"/>'],
    ['<mask id="m"><rect width="8" height="8" fill="#fff"/></mask><path mask="url(#m)" d="M0 0"/>'],
  ])("may hold %s", (content) => {
    expect(svgFault(svg(content))).toBeNull();
  });

  it.each([
    [
      "uses of uses",
      tower(
        (index, names) => `<g id="l${index}">${names}</g>`,
        (id) => `<use href="#${id}"/>`,
      ),
    ],
    [
      "uses by another prefix",
      tower(
        (index, names) => `<g id="l${index}">${names}</g>`,
        (id) => `<use x:href="#${id}"/>`,
      ),
    ],
    [
      "symbols of symbols",
      tower(
        (index, names) => `<symbol id="l${index}">${names}</symbol>`,
        (id) => `<use href="#${id}"/>`,
      ),
    ],
    [
      "masks of masks",
      tower(
        (index, names) => `<mask id="l${index}">${names}</mask>`,
        (id) => `<rect mask="url(#${id})"/>`,
      ),
    ],
    [
      "clips of clips",
      tower(
        (index, names) => `<clipPath id="l${index}">${names}</clipPath>`,
        (id) => `<rect style="clip-path: url(#${id})"/>`,
      ),
    ],
    ["a circle", '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'],
    ["patterns", '<pattern id="a"/>'],
    ["markers", '<marker id="a"/>'],
    ["filters", '<filter id="a" width="100000"><feTurbulence numOctaves="100"/></filter>'],
    ["a filter in a style", '<rect style="filter: blur(1000px)"/>'],
    ["movement", '<animate attributeName="x"/>'],
    ["movement by style", "<style>rect { animation: a 1s infinite }</style>"],
    ["rules of another kind", "<style>@keyframes a { from { x: 0 } }</style>"],
    ["references in a style sheet", "<style>rect { mask: url(#a) }</style>"],
    ["dashes without number", '<path stroke-dasharray="0.00001" d="M0 0H99999"/>'],
    ["the same id twice", '<g id="a"/><g id="a"/>'],
    ["too many elements", "<g/>".repeat(6_000)],
    ["too many levels", `${"<g>".repeat(100)}${"</g>".repeat(100)}`],
    ["tags that do not match", "<g></a>"],
    ["an open tag", "<g"],
    ["CDATA", "<style><![CDATA[a{}]]></style>"],
    ["elements by another prefix", '<s:use xmlns:s="http://www.w3.org/2000/svg"/>'],
  ])("is refused for %s, at once", (_what, content) => {
    const started = performance.now();
    expect(svgFault(svg(content))).toEqual(expect.any(String));
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each(["<", "<a ", '<a b="', "<!--", "<?xml ", "&", "<g a='b' ", "<a>", "}{"])(
    "is looked at in time linear in its length, however it is filled: %s",
    (part) => {
      const started = performance.now();
      svgFault(part.repeat(Math.ceil((256 * 1024) / part.length)));
      svgFault(svg(`<style>${part.replaceAll("<", "").repeat(100_000)}</style>`));
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});
