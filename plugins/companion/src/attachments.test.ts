import { describe, expect, it } from "vitest";
import { attach, fenced } from "./attachments.ts";

const file = (name: string, type: string, content: string | Uint8Array<ArrayBuffer>) =>
  new File([content], name, { type });

describe("files beside a message", () => {
  it("are text where they are text, whatever their type says", async () => {
    for (const one of [file("a.txt", "text/plain", "Hi"), file("a.py", "", "Hi")])
      expect((await attach(one)).part).toEqual({ type: "text", text: `${one.name}\n\n\`\`\`\nHi\n\`\`\`` });
  });

  it("are pictures, and files where they are neither", async () => {
    const bytes = Uint8Array.from([0, 255, 128]);
    expect((await attach(file("a.png", "image/png", bytes))).part).toEqual({
      type: "image",
      source: { type: "bytes", mediaType: "image/png", data: "AP+A" },
    });
    expect((await attach(file("a.txt", "text/plain", bytes))).part).toMatchObject({
      type: "file",
      name: "a.txt",
    });
    expect((await attach(file("a.bin", "", bytes))).part).toMatchObject({
      source: { mediaType: "application/octet-stream" },
    });
  });

  it("keep their text within its block, and large ones whole", async () => {
    expect(fenced("a.md", "````\nx\n````")).toMatch(/^a\.md\n\n`{5}\n````\nx\n````\n`{5}$/);
    const { bytes, part } = await attach(file("a.bin", "", new Uint8Array(500_000).fill(255)));
    expect(bytes).toBe(500_000);
    const data = part.type === "file" && part.source.type === "bytes" ? part.source.data : "";
    expect(Buffer.from(data, "base64").equals(Buffer.alloc(500_000, 255))).toBe(true);
  });
});
