import { deflateSync } from "node:zlib";
import { PatchbayError } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { checkIcon } from "./icon.ts";

const outcome = (path: string, content: Buffer | string): string => {
  try {
    return checkIcon(path, Buffer.from(content as string));
  } catch (error) {
    if (error instanceof PatchbayError && error.code === "icon_invalid") return error.message;
    throw error;
  }
};

const png = (width: number, height: number): Buffer => {
  const head = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([head, size, Buffer.from("0806000000", "hex"), deflateSync(Buffer.alloc(4))]);
};

const webp = (form: string, body: Buffer): Buffer => {
  const head = Buffer.from(`RIFF\0\0\0\0WEBP${form}\0\0\0\0`, "latin1");
  return Buffer.concat([head, body, Buffer.alloc(16)]);
};

const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">${content}</svg>`;

describe("an icon", () => {
  it("is a PNG or WebP by its content, whatever its name", () => {
    expect(outcome("icon.png", png(64, 64))).toBe("image/png");
    expect(outcome("icon", png(1, 1024))).toBe("image/png");
    expect(outcome("icon.svg", webp("VP8X", Buffer.from("000000003f00003f0000", "hex")))).toBe("image/webp");
    expect(outcome("icon.webp", webp("VP8L", Buffer.from("2f3fc00f00", "hex")))).toBe("image/webp");
    expect(outcome("icon.webp", webp("VP8 ", Buffer.from("0000009d012a40004000", "hex")))).toBe("image/webp");
  });

  it("is refused when it is too large, cut off or something else", () => {
    expect(outcome("icon.png", png(1025, 8))).toContain("1025 by 8 pixels");
    expect(outcome("icon.png", png(0, 8))).toContain("0 by 8 pixels");
    expect(outcome("icon.png", png(8, 8).subarray(0, 20))).toContain("cut off");
    expect(outcome("icon.webp", webp("VP8X", Buffer.from("00000000ffffff000000", "hex")))).toContain(
      "pixels",
    );
    expect(outcome("icon.webp", webp("WHAT", Buffer.alloc(16)))).toContain("cut off");
    expect(outcome("icon.gif", "GIF89a")).toContain("not a PNG");
    expect(outcome("icon.svg", "<html><body></body></html>")).toContain("not an SVG");
    expect(outcome("icon.svg", Buffer.from([0xff, 0xfe, 0x3c]))).toContain("UTF-8");
    expect(outcome("icon.png", Buffer.alloc(300 * 1024))).toContain("256 KiB");
  });

  it("is an SVG when it can only be looked at", () => {
    for (const content of [
      '<path d="M0 0h8v8z" fill="#123" style="fill: url(#a)"/>',
      '<defs><linearGradient id="a"/></defs><use href="#a"/>',
      '<image href="data:image/png;base64,AAAA"/>',
      "<title>Salt &amp; pepper</title>",
    ])
      expect(outcome("icon.svg", svg(content)), content).toBe("image/svg+xml");
  });

  it("is refused as an SVG that could do more", () => {
    for (const content of [
      "<script>alert(1)</script>",
      "<s:script xmlns:s='http://www.w3.org/2000/svg'/>",
      '<rect onload="alert(1)"/>',
      "<rect\nonclick\n=alert(1)/>",
      '<a href="javascript:alert(1)"/>',
      '<a href="java&#115;cript:alert(1)"/>',
      '<foreignObject><iframe src="//evil.example"/></foreignObject>',
      '<image href="https://evil.example/track.png"/>',
      '<use xlink:href="//evil.example/a.svg#b"/>',
      "<style>@import url(https://evil.example/a.css)</style>",
      "<rect style=\"fill: url( 'https://evil.example/a')\"/>",
      '<image href="data:image/svg+xml;base64,AAAA"/>',
      '<set attributeName="href" to="x" onbegin="alert(1)"/>',
    ])
      expect(outcome("icon.svg", svg(content)), content).toContain("which a picture has no need for");
    expect(outcome("icon.svg", `<!DOCTYPE svg [<!ENTITY a "b">]>${svg("")}`)).toContain("no need for");
    expect(outcome("icon.svg", `<?xml-stylesheet href="#a"?>${svg("")}`)).toContain("no need for");
  });
});
