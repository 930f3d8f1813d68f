import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { codingsOf } from "./codings.ts";

const MODULE = new URL("./codings.ts", import.meta.url).href;

/** What a runtime with another version of Brotli makes of a coding. */
const codingsWith = (brotli: string) => {
  const program = `
    Object.defineProperty(process, "versions", { value: { ...process.versions, brotli: "${brotli}" } });
    const { ACCEPTED_CODINGS, codingsOf } = await import("${MODULE}");
    console.log(JSON.stringify([ACCEPTED_CODINGS, codingsOf("br") ?? null, codingsOf("gzip, br") ?? null]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
};

describe("codings of bodies", () => {
  it("are undone from the last to the first", () => {
    expect(codingsOf("gzip, br")).toEqual(["br", "gzip"]);
    expect(codingsOf("identity")).toEqual([]);
    expect(codingsOf("compress")).toBeUndefined();
    expect(codingsOf("gzip, gzip, gzip")).toBeUndefined();
  });

  it("leave out Brotli where its decoder has a known hole", () => {
    expect(codingsWith("1.2.0")).toEqual(["gzip, deflate, zstd", null, null]);
    expect(codingsWith("1.2.1")).toEqual(["gzip, deflate, br, zstd", ["br"], ["br", "gzip"]]);
  });
});
