import { MAX_ICON_BYTES, MAX_ICON_PIXELS, PatchbayError } from "@patchbay/protocol";
import { svgFault } from "./svg.ts";

type IconType = "image/png" | "image/webp" | "image/svg+xml";

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PICTURE_INSIDE = /href\s*=\s*["']\s*data:[^,"']*,([^"']*)/g;
/** What an SVG picture has no need for: script, pages inside it, entities, what lies elsewhere. */
const SVG_HAZARDS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/<\s*(?:[\w-]+:)?script\b/i, "script"],
  [/\son[a-z]+\s*=/i, "event handlers"],
  [/(?:java|vb)script\s*:/i, "script addresses"],
  [/<\s*(?:[\w-]+:)?(?:foreignObject|iframe|object|embed|audio|video)\b/i, "other documents"],
  [/<!\s*(?:DOCTYPE|ENTITY)/i, "a document type"],
  [/<\?\s*xml-stylesheet/i, "style sheets from elsewhere"],
  [/@import\b/i, "style sheets from elsewhere"],
  [/(?:href|src)\s*=\s*["']?\s*(?!["'#]|data:image\/(?:png|jpeg|webp))/i, "references to elsewhere"],
  [/url\s*\(\s*["']?\s*(?!["'#]|data:image\/(?:png|jpeg|webp))/i, "references to elsewhere"],
];

/**
 * What kind of picture an icon is, by its content. Throws `icon_invalid` for what is no PNG, WebP or SVG, is larger than a
 * picture needs to be, or could do more than be looked at.
 */
export function checkIcon(path: string, content: Buffer): IconType {
  if (content.length > MAX_ICON_BYTES)
    throw invalid(path, `has ${content.length} bytes; ${MAX_ICON_BYTES / 1024} KiB are allowed`);
  if (content.subarray(0, 8).equals(PNG_SIGNATURE)) return withPixels(path, "image/png", pngPixels(content));
  if (ascii(content, 0, 4) === "RIFF" && ascii(content, 8, 12) === "WEBP")
    return withPixels(path, "image/webp", webpPixels(content));
  if (path.toLowerCase().endsWith(".svg")) return checkSvg(path, content);
  throw invalid(path, "is not a PNG, WebP or SVG picture");
}

interface Pixels {
  readonly width: number;
  readonly height: number;
}

function withPixels(path: string, type: IconType, pixels: Pixels | null): IconType {
  if (pixels === null) throw invalid(path, "is cut off");
  const { width, height } = pixels;
  if (width < 1 || height < 1 || width > MAX_ICON_PIXELS || height > MAX_ICON_PIXELS)
    throw invalid(
      path,
      `has ${width} by ${height} pixels; ${MAX_ICON_PIXELS} by ${MAX_ICON_PIXELS} are allowed`,
    );
  return type;
}

/** A PNG begins with the chunk IHDR: width and height, four bytes each. */
function pngPixels(content: Buffer): Pixels | null {
  if (content.length < 24 || ascii(content, 12, 16) !== "IHDR") return null;
  return { width: content.readUInt32BE(16), height: content.readUInt32BE(20) };
}

/** The size stands in another place in each of WebP's three forms: extended, lossless, lossy. */
function webpPixels(content: Buffer): Pixels | null {
  if (content.length < 30) return null;
  switch (ascii(content, 12, 16)) {
    case "VP8X":
      return { width: content.readUIntLE(24, 3) + 1, height: content.readUIntLE(27, 3) + 1 };
    case "VP8L": {
      const bits = content.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return { width: content.readUInt16LE(26) & 0x3fff, height: content.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}

function checkSvg(path: string, content: Buffer): IconType {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw invalid(path, "is not text in UTF-8");
  }
  if (!/<\s*(?:svg:)?svg[\s>]/i.test(text)) throw invalid(path, "is not an SVG picture");
  // Entities could spell what is looked for; an icon has use for those of five signs only.
  const spelled = /&(?!(?:amp|lt|gt|quot|apos);)/i.test(text) ? "character references" : undefined;
  const hazard =
    spelled ??
    SVG_HAZARDS.find(([pattern]) => pattern.test(text))?.[1] ??
    svgFault(text.replace(/^\ufeff/, ""));
  if (hazard === null) {
    for (const [, data = ""] of text.matchAll(PICTURE_INSIDE))
      checkPictureInside(path, Buffer.from(data, "base64"));
    return "image/svg+xml";
  }
  throw invalid(path, `holds ${hazard}, which a picture has no need for`);
}

/** Fewer bytes are no picture of any kind. */
const LEAST_PICTURE_BYTES = 32;

/** A picture inside of an SVG is a PNG or WebP by its content, whatever it says, and of the size that an icon may have. */
function checkPictureInside(path: string, content: Buffer): void {
  if (content.length >= LEAST_PICTURE_BYTES) checkIcon(`${path} (a picture in it)`, content);
}

const ascii = (content: Buffer, start: number, end: number): string => content.toString("latin1", start, end);

const invalid = (path: string, fault: string): PatchbayError =>
  new PatchbayError("icon_invalid", `The icon ${JSON.stringify(path)} ${fault}.`, {
    errors: [{ pointer: "/icon", message: `The file ${fault}.` }],
  });
