import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type BundleManifestDto, PatchbayError } from "@patchbay/protocol";
import fc from "fast-check";
import { pack } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundle } from "./read-bundle.ts";
import { writeBundle } from "./write-bundle.ts";

let folder: string;
let count = 0;
const packages = ["first package", "the second one"].map((text) => Buffer.from(text));
const digestOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const manifest: BundleManifestDto = {
  bundleVersion: 1,
  roots: [{ plugin: "acme.one", version: "1.0.0" }],
  packages: packages.map((content, index) => ({
    plugin: `acme.${["one", "two"][index]}`,
    version: "1.0.0",
    digest: digestOf(content),
    sizeBytes: content.length,
  })),
};
const [first, second] = packages as [Buffer, Buffer];

const write = (of = manifest) =>
  buffer(
    writeBundle(of, async (digest) => {
      const content = packages.find((one) => digestOf(one) === digest);
      if (content === undefined) throw new PatchbayError("artifact_missing", "It is not there.");
      return { stream: Readable.from([content]), sizeBytes: content.length };
    }),
  );
const read = async (bytes: Uint8Array) => {
  const to = join(folder, String(count++));
  await mkdir(to);
  return await readBundle(Readable.from([bytes]), to);
};
/** A tar of these files, whatever they are. */
const tar = async (
  ...files: [name: string, content: Uint8Array | string, type?: "symlink" | "directory"][]
) => {
  const made = pack();
  for (const [name, content, type] of files)
    made.entry({ name, ...(type && { type, linkname: "/etc/passwd" }) }, Buffer.from(content));
  made.finalize();
  return await buffer(made);
};
const head = JSON.stringify(manifest);
const pathOf = (content: Uint8Array) => `packages/${digestOf(content)}.zip`;
const codeOf = async (bytes: Uint8Array) =>
  await read(bytes).then(
    () => "none",
    (error: unknown) => (error instanceof PatchbayError ? error.code : error),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "patchbay-bundle-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a bundle", () => {
  it("comes out as it went in, and the same packages make the same bytes", async () => {
    const bytes = await write();
    const found = await read(bytes);
    expect(found.manifest).toEqual(manifest);
    for (const content of packages) {
      const path = found.files.get(digestOf(content));
      expect(await readFile(path ?? "")).toEqual(content);
    }
    expect(await write()).toEqual(bytes);
  });

  it("fails while it is made when a package cannot be had", async () => {
    const lost = { ...manifest, packages: [{ ...manifest.packages[0], digest: "0".repeat(64) }] };
    await expect(write(lost as BundleManifestDto)).rejects.toMatchObject({ code: "artifact_missing" });
  });

  it.each([
    ["is empty", tar()],
    ["is no tar", Promise.resolve(Buffer.from("PK not a tar at all".repeat(100)))],
    ["does not begin with its list", tar([pathOf(first), first], ["bundle.json", head])],
    ["has a list that is no JSON", tar(["bundle.json", "{"])],
    ["has a list of another form", tar(["bundle.json", JSON.stringify({ ...manifest, bundleVersion: 2 })])],
    [
      "lists a package twice",
      tar([
        "bundle.json",
        JSON.stringify({ ...manifest, packages: [manifest.packages[0], manifest.packages[0]] }),
      ]),
    ],
    ["lacks a package", tar(["bundle.json", head], [pathOf(first), first])],
    ["has a package twice", tar(["bundle.json", head], [pathOf(first), first], [pathOf(first), first])],
    ["has one that is not listed", tar(["bundle.json", head], ["packages/other.zip", first])],
    ["leads elsewhere", tar(["bundle.json", head], ["../escape.zip", first])],
    ["has a link in it", tar(["bundle.json", head], [pathOf(first), "", "symlink"])],
    ["has a folder in it", tar(["bundle.json", head], ["packages", "", "directory"])],
    ["has other content", tar(["bundle.json", head], [pathOf(first), "first PACKAGE"])],
    ["has another size", tar(["bundle.json", head], [pathOf(first), `${first}more`])],
  ])("is refused when it %s", async (_what, bytes) => {
    expect(await codeOf(await bytes)).toBe("bundle_invalid");
  });

  it("is refused wherever it is cut off or changed, or else holds what was listed", async () => {
    const bytes = await write();
    const tamper = fc.oneof(
      fc.nat(bytes.length - 1).map((at) => bytes.subarray(0, at)),
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ by;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(tamper, async (changed) => {
        try {
          const { manifest: found, files } = await read(changed);
          for (const { digest } of found.packages)
            expect(digestOf(await readFile(files.get(digest) ?? ""))).toBe(digest);
        } catch (error) {
          expect(error).toMatchObject({ code: "bundle_invalid" });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("writes nothing outside its folder", async () => {
    const before = await readdir(tmpdir());
    expect(await codeOf(await tar(["bundle.json", head], ["/tmp/absolute.zip", second]))).toBe(
      "bundle_invalid",
    );
    expect((await readdir(tmpdir())).filter((name) => name === "absolute.zip")).toEqual([]);
    expect(before).not.toContain("absolute.zip");
  });
});

describe("the headers of a bundle", () => {
  /** A header of one file, with its size as it is given. */
  const headerOf = (type: string, size: Buffer | string) => {
    const block = Buffer.alloc(512);
    block.write("bundle.json", 0);
    block.write("0000644\0", 100);
    Buffer.from(size).copy(block, 124);
    block.write("        ", 148);
    block.write(type, 156);
    block.write("ustar\x0000", 257);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
  };
  const octal = (bytes: number) => `${bytes.toString(8).padStart(11, "0")}\0`;

  it.each([
    ["a long name", headerOf("L", octal(300 * 1024 * 1024))],
    ["a long link", headerOf("K", octal(300 * 1024 * 1024))],
    ["extended facts", headerOf("x", octal(300 * 1024 * 1024))],
    ["facts for all files", headerOf("g", octal(300 * 1024 * 1024))],
    ["a negative size", headerOf("0", Buffer.alloc(12, 0xff))],
    ["a size in base 256", headerOf("0", Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 1)]))],
    ["a size that is a word", headerOf("0", "many")],
    ["no size", headerOf("0", "")],
  ])("with %s end it before anything of that is kept", async (_what, block) => {
    let asked = 0;
    const endless = Readable.from(
      (function* () {
        yield block;
        for (; asked < 4096; asked++) yield Buffer.alloc(64 * 1024);
      })(),
    );
    const to = join(folder, String(count++));
    await mkdir(to);
    await expect(readBundle(endless, to)).rejects.toMatchObject({ code: "bundle_invalid" });
    expect(asked).toBeLessThan(64);
  });

  it("may come in pieces of any size", async () => {
    const bytes = await write();
    for (const size of [1, 511, 513, 4096]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const to = join(folder, String(count++));
      await mkdir(to);
      expect((await readBundle(Readable.from(pieces), to)).files.size).toBe(2);
    }
  });

  it("are not waited for when the sender has gone", async () => {
    const bytes = await write();
    const source = new Readable({ read: () => undefined });
    source.push(bytes.subarray(0, 700));
    const to = join(folder, String(count++));
    await mkdir(to);
    const reading = readBundle(source, to);
    source.destroy();
    await expect(reading).rejects.toThrow();
  });
});
