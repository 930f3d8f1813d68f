/** What an SVG picture of a package may hold. Everything else is refused: pictures are shown in lists, to everybody. */

/** Elements as they are written, and as they are drawn: `use`, masks and clips draw what they name once more. */
const MAX_ELEMENTS = 5_000;
const MAX_DRAWN = 10_000;
const MAX_NESTING = 32;
const MAX_STYLE_RULES = 200;

const ELEMENTS = new Set(
  "svg g path rect circle ellipse line polyline polygon text tspan title desc defs symbol use image style a switch linearGradient radialGradient stop clipPath mask".split(
    " ",
  ),
);
/** Of presentation; in style sheets too. */
const PROPERTIES =
  "fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity opacity color display visibility clip-path clip-rule mask mask-type stop-color stop-opacity font-family font-size font-style font-weight letter-spacing text-anchor text-align dominant-baseline paint-order vector-effect shape-rendering text-rendering image-rendering color-interpolation overflow transform transform-origin isolation mix-blend-mode line-height -inkscape-font-specification".split(
    " ",
  );
const ATTRIBUTES = new Set([
  ...PROPERTIES,
  ..."id class style version baseProfile viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy rotate d points pathLength offset gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits href target role focusable lang enable-background xmlns tabindex textLength lengthAdjust".split(
    " ",
  ),
]);
const STYLABLE = new Set(PROPERTIES);

const TOKEN =
  /<!--.*?-->|<\?xml\s[^?]*\?>|<(?<close>\/?)(?<name>[A-Za-z][\w:.-]*)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)/sy;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const REFERENCE = /url\s*\(\s*["']?\s*#([^"')\s]+)/g;

interface Element {
  readonly name: string;
  readonly children: Element[];
  readonly references: readonly string[];
}

/** What an SVG holds that no icon has a use for, going on after "holds"; null when there is nothing. Takes time linear in the text. */
export const svgFault = (text: string): string | null => {
  const root: Element = { name: "", children: [], references: [] };
  const open: Element[] = [root];
  const byId = new Map<string, Element>();
  let elements = 0;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const {
      name,
      close,
      attributes = "",
      empty,
      text: content = "",
    } = TOKEN.exec(text)?.groups ?? notXml(at);
    if (TOKEN.lastIndex === 0) return "what is not well-formed XML";
    const current = open.at(-1) ?? root;
    if (name === undefined) {
      const fault = current.name === "style" ? styleSheetFault(content) : null;
      if (fault !== null) return fault;
      continue;
    }
    if (close === "/") {
      if (current.name !== name || open.length === 1) return "tags that do not match";
      open.pop();
      continue;
    }
    elements += 1;
    if (elements > MAX_ELEMENTS) return `more than ${MAX_ELEMENTS} elements`;
    if (open.length > MAX_NESTING) return `elements more than ${MAX_NESTING} deep`;
    if (!ELEMENTS.has(name)) return `the element ${name.slice(0, 40)}`;
    const found = readAttributes(attributes);
    if (typeof found === "string") return found;
    const element: Element = { name, children: [], references: found.references };
    if (found.id !== undefined) {
      if (byId.has(found.id)) return "the same id twice";
      byId.set(found.id, element);
    }
    current.children.push(element);
    if (empty !== "/") open.push(element);
  }
  if (open.length > 1) return "tags that are not closed";
  return drawn(root, byId, new Map()) > MAX_DRAWN ? "what is drawn again and again" : null;
};

const notXml = (at: number): Record<string, string | undefined> => {
  TOKEN.lastIndex = 0;
  return { at: String(at) };
};

const readAttributes = (
  text: string,
): string | { readonly id: string | undefined; readonly references: readonly string[] } => {
  const references: string[] = [];
  let id: string | undefined;
  for (const [, full = "", double, single] of text.matchAll(ATTRIBUTE)) {
    const value = double ?? single ?? "";
    const [local = full, prefix] = full.split(":").reverse();
    if (local === "href") {
      if (value.startsWith("#")) references.push(value.slice(1));
      else if (value !== "" && !value.startsWith("data:image/")) return "references to elsewhere";
      continue;
    }
    // Of another maker or of XML itself: it draws nothing.
    if (prefix !== undefined || full.startsWith("data-") || full.startsWith("aria-")) continue;
    if (!ATTRIBUTES.has(full)) return `the attribute ${full.slice(0, 40)}`;
    if (full === "id") id = value;
    const fault = full === "style" ? declarationsFault(value) : null;
    if (fault !== null) return fault;
    for (const [, name = ""] of value.matchAll(REFERENCE)) references.push(name);
  }
  return { id, references };
};

/** How many elements are drawn for one. What names itself in a circle is without end. */
const drawn = (element: Element, byId: ReadonlyMap<string, Element>, known: Map<Element, number>): number => {
  const before = known.get(element);
  if (before !== undefined) return before;
  known.set(element, Number.POSITIVE_INFINITY);
  let sum = 1;
  for (const child of element.children) sum += drawn(child, byId, known);
  for (const name of element.references) {
    const named = byId.get(name);
    if (named !== undefined) sum += drawn(named, byId, known);
  }
  known.set(element, sum);
  return sum;
};

const styleSheetFault = (text: string): string | null => {
  const rules = text.split("}");
  if (rules.length > MAX_STYLE_RULES) return `more than ${MAX_STYLE_RULES} style rules`;
  for (const rule of rules) {
    if (rule.trim() === "") continue;
    const [selector = "", body, ...more] = rule.split("{");
    if (body === undefined || more.length > 0 || !/^[\s\w.#,-]{1,500}$/.test(selector))
      return "a style sheet that is more than plain rules";
    if (/url\s*\(/i.test(body)) return "references in a style sheet";
    const fault = declarationsFault(body);
    if (fault !== null) return fault;
  }
  return null;
};

const declarationsFault = (text: string): string | null => {
  if (/[\\@{}]|\/\*/.test(text)) return "a style that is more than plain declarations";
  for (const declaration of text.split(";")) {
    const name = declaration.split(":", 1)[0]?.trim().toLowerCase() ?? "";
    if (name !== "" && !STYLABLE.has(name)) return `the style ${name.slice(0, 40)}`;
  }
  return null;
};
