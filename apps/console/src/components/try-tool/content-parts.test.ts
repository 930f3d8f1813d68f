import type { ContentPart } from "@patchbay/protocol";
import { describe, expect, it } from "vitest";
import { contentPartsOf, fileOfPart } from "./content-parts.ts";

const TEXT = { type: "text", text: "A dot:" } as const;
const IMAGE = { type: "image", mediaType: "image/png", data: btoa("dot") } as const;
const PAGE = { type: "resource", resource: { uri: "book://pages/1.bin", data: btoa("page") } } as const;

describe("the parts of an answer to be looked at", () => {
  it("are all of a list, or it is a value like any other", () => {
    const parts = [TEXT, IMAGE, PAGE];
    expect(contentPartsOf(parts)).toBe(parts);
    for (const value of [
      [],
      TEXT,
      [TEXT, "text"],
      [TEXT, { type: "text", text: 1 }],
      [{ ...TEXT, from: "Ada" }],
      [{ type: "image", mediaType: "image/png" }],
      [{ type: "resource", resource: "book://pages/1" }],
      [{ type: "resource", resource: {} }],
      [{ type: "box" }],
    ])
      expect([value, contentPartsOf(value)]).toEqual([value, null]);
  });

  it("are files where they have bytes, named by their address or kind", async () => {
    const image = fileOfPart(IMAGE, 1);
    expect(image).toMatchObject({ path: "", name: "image-2.png", type: "image/png" });
    expect(await image?.content.text()).toBe("dot");
    expect(image?.content.type).toBe("application/octet-stream");
    expect(fileOfPart(PAGE, 0)).toMatchObject({ path: "book://pages/1.bin", name: "1.bin" });
    const strange = { type: "audio", mediaType: "audio/x-a; b=c", data: "" } as const;
    expect(fileOfPart(strange, 0)?.name).toBe("audio-1.bin");
  });

  it("are no files where they are text or no base64", () => {
    const written = { type: "resource", resource: { uri: "book://a", text: "a" } } as const;
    for (const part of [TEXT, { ...IMAGE, data: "%" }, written] satisfies ContentPart[])
      expect(fileOfPart(part, 0)).toBeNull();
  });
});
